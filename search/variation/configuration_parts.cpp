#include "search/variation/configuration_parts.hpp"

#include <cmath>

namespace equivolve::search {
namespace {

using hashing::Stream;

std::uint64_t count_of(const Parameter& p) {
  return static_cast<std::uint64_t>(value_count(p));
}

}  // namespace

Genome blank_configuration(const ConfigurationSpace& space) {
  Genome genome{Representation::kConfiguration, {}};
  genome.flat.resize(space.parameters.size() * sizeof(eqv_parameter_value));
  return genome;
}

MutableValues values_in(Genome& genome) {
  return {reinterpret_cast<eqv_parameter_value*>(genome.flat.data()),
          genome.flat.size() / sizeof(eqv_parameter_value)};
}

double random_value(const Parameter& p, Stream& stream) {
  if (is_continuous(p) || p.log) return from_unit(p, stream.uniform());
  return value_at(p, static_cast<double>(stream.below(count_of(p))));
}

double neighbour(const Parameter& p, double value, bool up) {
  const double step = p.step;
  if (value >= nearest_value(p, p.high)) up = false;
  if (value <= p.low) up = true;
  return nearest_value(p, up ? value + step : value - step);
}

double other_value(const Parameter& p, double present, Stream& stream) {
  if (is_fixed(p)) return present;
  if (!is_counted(p) || p.log) {
    const double drawn = random_value(p, stream);
    if (drawn != present || !is_counted(p)) return drawn;
    return neighbour(p, present, stream.chance(0.5));
  }
  const double at = std::round((present - p.low) / p.step);
  const auto drawn = static_cast<double>(stream.below(count_of(p) - 1));
  return value_at(p, drawn < at ? drawn : drawn + 1);
}

void renew_activity(MutableValues values, const ConfigurationSpace& space, Stream& stream) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& p = space.parameters[i];
    const bool active = is_active(p, values);
    if (active == (values[i].active != 0)) continue;
    values[i].active = active ? 1 : 0;
    values[i].number = active ? random_value(p, stream) : 0;
  }
}

bool is_movable(const Parameter& p, const eqv_parameter_value& value) {
  return value.active != 0 && !is_fixed(p);
}

}  // namespace equivolve::search
