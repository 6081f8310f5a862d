// Evaluations of CMA-ES to target on three functions of ten dimensions, each with its optimum moved
// to a random place, seed by seed, for cma_es_rival.py:
//   cma_es_evaluations [SEEDS]
// Prints JSON.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "search/algorithms/searcher.hpp"

namespace {

using namespace equivolve;
using Values = std::vector<double>;

constexpr std::size_t kDimensions = 10;
constexpr std::size_t kMostEvaluations = 1'000'000;

double sphere(const Values& z) {
  double sum = 0;
  for (double x : z) sum += x * x;
  return sum;
}

double rosenbrock(const Values& z) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < z.size(); ++i) {
    const double a = z[i] + 1, b = z[i + 1] + 1;
    sum += 100 * (a * a - b) * (a * a - b) + (a - 1) * (a - 1);
  }
  return sum;
}

double rastrigin(const Values& z) {
  double sum = 0;
  for (double x : z) sum += x * x - 10 * std::cos(2 * std::numbers::pi * x) + 10;
  return sum;
}

search::ConfigurationSpace cube(double range) {
  std::vector<search::Parameter> parameters(kDimensions);
  for (std::size_t i = 0; i < kDimensions; ++i) {
    parameters[i].name = "x" + std::to_string(i);
    parameters[i].low = -range;
    parameters[i].high = range;
  }
  return *search::make_configuration_space(std::move(parameters), {});
}

std::size_t evaluations(double (*function)(const Values&), double range, double target,
                        std::uint64_t seed) {
  const search::ConfigurationSpace space = cube(range);
  hashing::Stream stream(seed, hashing::Purpose::kTask, 0);
  Values optimum(kDimensions), z(kDimensions);
  for (double& o : optimum) o = stream.uniform(-0.8 * range, 0.8 * range);
  search::Searcher searcher(
      search::CmaEs(std::make_shared<const search::ConfigurationSpace>(space), {}),
      std::make_shared<const search::Space>(space), seed);
  for (search::Ticket n = 0; n < kMostEvaluations; ++n) {
    const auto request = searcher.ask(n);
    search::Candidate candidate;
    candidate.birth = request->birth;
    candidate.genome = std::make_shared<const search::Genome>(searcher.vary(*request, 0).genome);
    const auto values = search::view_configuration(candidate.genome->flat, space);
    for (std::size_t i = 0; i < kDimensions; ++i) z[i] = values[i].number - optimum[i];
    const double value = function(z);
    if (value <= target) return n + 1;
    search::Outcome outcome;
    outcome.ranked = true;
    outcome.objectives = {-value};
    searcher.tell(*request, candidate, outcome);
  }
  return kMostEvaluations;
}

std::vector<std::size_t> each_seed(double (*function)(const Values&), double range, double target,
                                   std::uint64_t seeds) {
  std::vector<std::size_t> out;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    out.push_back(evaluations(function, range, target, seed));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 25;
  const nlohmann::json out = {{"sphere", each_seed(sphere, 100, 1e-6, seeds)},
                              {"rosenbrock", each_seed(rosenbrock, 100, 1e-2, seeds)},
                              {"rastrigin", each_seed(rastrigin, 5, 1e-2, seeds)}};
  fmt::print("{}\n", out.dump());
}
