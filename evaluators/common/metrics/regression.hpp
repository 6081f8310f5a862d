// How well numbers were told.
#pragma once

#include <span>

namespace equivolve::metrics {

/// Mean of (truth - told)^2, summed in order. Not empty, equal lengths.
double mean_squared_error(std::span<const double> truth, std::span<const double> told);

/// 1 - squared error / squared distance from the truth's mean; 0 where the truth is constant. At
/// most 1.
double r_squared(std::span<const double> truth, std::span<const double> told);
/// The same from its parts.
double r_squared(double mean_squared_error, std::size_t rows, double squared_distance);
double squared_distance_from_mean(std::span<const double> truth);

/// Real et al. 2020 (AutoML-Zero): 1 - (2/pi) atan(sqrt(mean squared error)). 0..1, higher is
/// better; 0 for infinity.
double squashed_fitness(double mean_squared_error);

/// items[i] such that their mean is squashed_fitness f(m) of the mean squared error m, exactly, and
/// their spread that of f by first-order error propagation (infinitesimal jackknife, Efron 1982):
/// f(m) + f'(m) (squared error of i - m).
void squashed_fitness_items(std::span<const double> truth, std::span<const double> told,
                            std::span<double> items);

}  // namespace equivolve::metrics
