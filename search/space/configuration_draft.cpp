#include "search/space/configuration_draft.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace equivolve::search {

ConfigurationDraft::ConfigurationDraft(const ConfigurationSpace& space)
    : space_(&space), values_(space.parameters.size()) {
  for (std::size_t i = 0; i < values_.size(); ++i)
    values_[i] = {static_cast<std::uint32_t>(space.parameters[i].kind), 0, 0};
}

bool ConfigurationDraft::open(std::size_t at) {
  values_[at].active = search::is_active(space_->parameters[at], values_) ? 1 : 0;
  values_[at].number = 0;
  return values_[at].active != 0;
}

Genome ConfigurationDraft::genome() const {
  Genome genome{Representation::kConfiguration, {}};
  genome.flat.resize(values_.size() * sizeof(eqv_parameter_value));
  if (!values_.empty()) std::memcpy(genome.flat.data(), values_.data(), genome.flat.size());
  return genome;
}

std::vector<double> unit_places(GenomeView flat, const ConfigurationSpace& space) {
  const ParameterValues values = view_configuration(flat, space);
  std::vector<double> units(space.parameters.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i].active != 0 && !is_fixed(space.parameters[i]))
      units[i] = to_unit(space.parameters[i], values[i].number);
  return units;
}

UnitCell unit_cell(const Parameter& p, double value) {
  if (p.log) return {to_unit(p, value - 0.5), to_unit(p, value + 0.5)};
  const double count = value_count(p), index = std::round((value - p.low) / p.step);
  return {index / count, (index + 1) / count};
}

}  // namespace equivolve::search
