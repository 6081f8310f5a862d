// What the ways to breed configurations have in common: a genome's values in place, values drawn
// anew, conditions looked at again. [any-thread]
#pragma once

#include <cstdint>
#include <span>

#include "hashing/stream.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::search {

using MutableValues = std::span<eqv_parameter_value>;

/// A genome of this size, all zero, and its values in place (no allocation but the genome's own).
Genome blank_configuration(const ConfigurationSpace& space);
MutableValues values_in(Genome& genome);

inline bool is_counted(const Parameter& p) {
  return !is_continuous(p);
}
/// Active, and of several values.
bool is_movable(const Parameter& p, const eqv_parameter_value& value);

/// Uniform on the parameter's unit scale, values equally likely where they are counted.
double random_value(const Parameter& p, hashing::Stream& stream);
/// Drawn anew: not the present one, where there is another.
double other_value(const Parameter& p, double present, hashing::Stream& stream);
/// Of a counted parameter with several values: the one above or below, back from an end.
double neighbour(const Parameter& p, double value, bool up);

/// Looks at the conditions again, in order: each parameter stands behind those that rule it. Who
/// becomes active is drawn at random, who no longer is becomes 0.
void renew_activity(MutableValues values, const ConfigurationSpace& space, hashing::Stream& stream);

}  // namespace equivolve::search
