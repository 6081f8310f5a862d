// A configuration while it is written, and one seen on the unit scales of its parameters
// (parameter.hpp): what algorithms that model numbers need.
#pragma once

#include <cstddef>
#include <vector>

#include "search/space/configuration_space.hpp"

namespace equivolve::search {

/// Parameters are written in the order of the space, in which each stands behind those that its
/// conditions name. A copyable value; the space outlives it.
class ConfigurationDraft {
 public:
  explicit ConfigurationDraft(const ConfigurationSpace& space);

  /// Whether the conditions of parameter `at` hold, by the ones written before it; its number
  /// becomes 0.
  bool open(std::size_t at);
  void set(std::size_t at, double number) { values_[at].number = number; }  ///< of an active one
  double number(std::size_t at) const { return values_[at].number; }
  bool is_active(std::size_t at) const { return values_[at].active != 0; }
  ParameterValues values() const { return values_; }
  Genome genome() const;

 private:
  const ConfigurationSpace* space_;
  std::vector<eqv_parameter_value> values_;
};

/// The place of each parameter on its unit scale; NaN for inactive and for fixed ones, of which
/// there is nothing to learn.
std::vector<double> unit_places(GenomeView flat, const ConfigurationSpace& space);

/// The part of the unit scale that stands for one value of a counted parameter.
struct UnitCell {
  double low;
  double high;
};
UnitCell unit_cell(const Parameter& parameter, double value);

}  // namespace equivolve::search
