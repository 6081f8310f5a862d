// Configuration spaces for tests.
#pragma once

#include <string>
#include <vector>

#include "hashing/stream.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::search::test {

Parameter number(std::string name, double low, double high, bool log = false, double step = 0);
Parameter integer(std::string name, double low, double high, bool log = false, double step = 1);
Parameter choice(std::string name, std::vector<std::string> choices);
Parameter boolean(std::string name);
Clause one_of(std::uint32_t parameter, std::vector<double> values);
Clause within(std::uint32_t parameter, double low, double high);

/// Or fails the test.
ConfigurationSpace made(std::vector<Parameter> parameters, std::vector<Combination> forbidden = {});

/// Every kind of parameter, nested conditions, stepped and fixed ones, forbidden combinations,
/// choices that need quotes.
ConfigurationSpace rich_space();

/// 2 to 5 parameters of at most three values with random conditions (never in a circle) and
/// forbidden combinations; not yet made, so that their order is as drawn.
struct Draft {
  std::vector<Parameter> parameters;
  std::vector<Combination> forbidden;
};
Draft random_draft(hashing::Stream& stream);

/// Or fails the test.
Genome configuration(const std::string& text, const ConfigurationSpace& space);

}  // namespace equivolve::search::test
