#include "evaluators/common/metrics/regression.hpp"

#include <cmath>
#include <numbers>

namespace equivolve::metrics {

double mean_squared_error(std::span<const double> truth, std::span<const double> told) {
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += (truth[i] - told[i]) * (truth[i] - told[i]);
  return sum / static_cast<double>(truth.size());
}

double squared_distance_from_mean(std::span<const double> truth) {
  const auto n = static_cast<double>(truth.size());
  double sum = 0;
  for (double value : truth) sum += value;
  double total = 0;
  for (double value : truth) total += (value - sum / n) * (value - sum / n);
  return total;
}

double r_squared(double mean_squared_error, std::size_t rows, double squared_distance) {
  return squared_distance == 0
             ? 0.0
             : 1.0 - mean_squared_error * static_cast<double>(rows) / squared_distance;
}

double r_squared(std::span<const double> truth, std::span<const double> told) {
  return r_squared(mean_squared_error(truth, told), truth.size(),
                   squared_distance_from_mean(truth));
}

double squashed_fitness(double mean_squared_error) {
  return 1.0 - 2.0 / std::numbers::pi * std::atan(std::sqrt(mean_squared_error));
}

void squashed_fitness_items(std::span<const double> truth, std::span<const double> told,
                            std::span<double> items) {
  const double m = mean_squared_error(truth, told);
  const double fitness = squashed_fitness(m);
  const double slope = m == 0 ? 0.0 : -1.0 / (std::numbers::pi * std::sqrt(m) * (1.0 + m));
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double squared = (truth[i] - told[i]) * (truth[i] - told[i]);
    items[i] = fitness + slope * (squared - m);
  }
}

}  // namespace equivolve::metrics
