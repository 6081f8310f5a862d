// Ten functions of configurations whose optimum is known: continuous, conditional, categorical.
// tpe_rival.py has them once more in Python, and compares the two value by value.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "search/space/configuration_space.hpp"

namespace equivolve::benchmarks {

struct TestFunction {
  std::string name;
  search::ConfigurationSpace space;
  /// To be minimised; by position in the space as it is written there, choices by their position,
  /// inactive ones 0.
  std::function<double(const std::vector<double>&)> value;
  double optimum = 0;
};

std::vector<TestFunction> test_functions();

/// Ten parameters, six numbers, two integers and two choices: for the time of a proposal.
search::ConfigurationSpace timing_space();

}  // namespace equivolve::benchmarks
