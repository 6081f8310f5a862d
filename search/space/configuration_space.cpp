#include "search/space/configuration_space.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace equivolve::search {
namespace {

static_assert(sizeof(eqv_parameter_value) == 16);
static_assert(std::endian::native == std::endian::little, "genomes are stored little-endian");

tl::unexpected<Error> configuration_error(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

/// What is wrong with a parameter's value; "" when nothing is.
std::string fault_of(const Parameter& p, const eqv_parameter_value& value, bool active) {
  if (value.kind != static_cast<std::uint32_t>(p.kind))
    return "parameter '" + p.name + "' is of another kind than " + std::string(kind_name(p.kind));
  if (value.active != (active ? 1u : 0u))
    return "parameter '" + p.name + "' is " + (active ? "in" : "") +
           "active against its conditions";
  if (!active)
    return std::bit_cast<std::uint64_t>(value.number) == 0
               ? ""
               : "parameter '" + p.name + "' is inactive, its number is not zero";
  if (!has_value(p, value.number))
    return "parameter '" + p.name + "' is " + number_text(value.number) + "; expected " +
           expected_values(p);
  return "";
}

std::string clause_text(const Clause& clause, const ConfigurationSpace& space) {
  const Parameter& p = space.parameters[clause.parameter];
  std::string out = p.name + " is ";
  if (clause.is_range) {
    // An end that leaves nothing out goes without saying.
    if (clause.low <= p.low) return out + "at most " + number_text(clause.high);
    if (clause.high >= p.high) return out + "at least " + number_text(clause.low);
    return out + number_text(clause.low) + " to " + number_text(clause.high);
  }
  if (clause.values.empty()) return out + "a value that this space does not offer";
  if (clause.values.size() > 1) out += "one of ";
  for (std::size_t i = 0; i < clause.values.size(); ++i)
    out += (i == 0 ? "" : ", ") + value_text(p, clause.values[i]);
  return out;
}

}  // namespace

ParameterValues view_configuration(GenomeView flat, const ConfigurationSpace& space) {
  if (flat.size() != space.parameters.size() * sizeof(eqv_parameter_value)) return {};
  if (reinterpret_cast<std::uintptr_t>(flat.data()) % alignof(eqv_parameter_value) != 0) return {};
  return {reinterpret_cast<const eqv_parameter_value*>(flat.data()), space.parameters.size()};
}

bool holds(const Clause& clause, ParameterValues values) {
  const eqv_parameter_value& value = values[clause.parameter];
  return value.active != 0 && clause.holds(value.number);
}

bool is_active(const Parameter& parameter, ParameterValues values) {
  for (const Clause& clause : parameter.when)
    if (!holds(clause, values)) return false;
  return true;
}

const Combination* met_combination(const ConfigurationSpace& space, ParameterValues values) {
  for (const Combination& combination : space.forbidden)
    if (std::all_of(combination.begin(), combination.end(),
                    [&](const Clause& clause) { return holds(clause, values); }))
      return &combination;
  return nullptr;
}

std::string clauses_text(const std::vector<Clause>& clauses, const ConfigurationSpace& space) {
  std::string out;
  for (const Clause& clause : clauses)
    out += (out.empty() ? "" : " and ") + clause_text(clause, space);
  return out;
}

tl::expected<void, Error> check_genome(GenomeView flat, const ConfigurationSpace& space) {
  const std::size_t size = space.parameters.size() * sizeof(eqv_parameter_value);
  if (flat.size() != size)
    return configuration_error("a configuration of " + std::to_string(flat.size()) +
                               " bytes; expected " + std::to_string(size) + ", of " +
                               std::to_string(space.parameters.size()) + " parameters");
  const ParameterValues values = view_configuration(flat, space);
  if (values.size() != space.parameters.size())
    return configuration_error("a configuration that is not aligned to 8 bytes");
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& p = space.parameters[i];
    std::string fault = fault_of(p, values[i], is_active(p, values));
    if (!fault.empty()) return configuration_error(std::move(fault));
  }
  if (const Combination* met = met_combination(space, values))
    return configuration_error("the combination is forbidden: " + clauses_text(*met, space));
  return {};
}

std::vector<std::byte> structural_bytes(GenomeView flat, const ConfigurationSpace& space) {
  const ParameterValues values = view_configuration(flat, space);
  if (values.size() != space.parameters.size()) return {flat.begin(), flat.end()};
  std::vector<std::byte> out;
  out.reserve(flat.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].active == 0) continue;
    const std::uint64_t position = i;
    const auto* place = reinterpret_cast<const std::byte*>(&position);
    const auto* number = reinterpret_cast<const std::byte*>(&values[i].number);
    out.insert(out.end(), place, place + sizeof position);
    out.insert(out.end(), number, number + sizeof(double));
  }
  return out;
}

Genome default_genome(const ConfigurationSpace& space) {
  std::vector<eqv_parameter_value> values(space.parameters.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i].kind = static_cast<std::uint32_t>(space.parameters[i].kind);
    values[i].active = is_active(space.parameters[i], values) ? 1 : 0;
    values[i].number = values[i].active != 0 ? space.fallback[i] : 0;
  }
  Genome genome{Representation::kConfiguration, {}};
  genome.flat.resize(values.size() * sizeof(eqv_parameter_value));
  if (!values.empty()) std::memcpy(genome.flat.data(), values.data(), genome.flat.size());
  return genome;
}

std::optional<std::uint32_t> position_of(const ConfigurationSpace& space, std::string_view name) {
  for (std::uint32_t i = 0; i < space.parameters.size(); ++i)
    if (space.parameters[i].name == name) return i;
  return std::nullopt;
}

ConfigurationView::ConfigurationView(GenomeView flat, const ConfigurationSpace& space)
    : values_(view_configuration(flat, space)), space_(space) {}

bool ConfigurationView::is_active(std::string_view name) const {
  const auto at = position_of(space_, name);
  return at && *at < values_.size() && values_[*at].active != 0;
}

std::optional<double> ConfigurationView::number_of(std::string_view name) const {
  const auto at = position_of(space_, name);
  if (!at || *at >= values_.size() || values_[*at].active == 0) return std::nullopt;
  return values_[*at].number;
}

std::optional<std::string_view> ConfigurationView::choice_of(std::string_view name) const {
  const auto at = position_of(space_, name);
  if (!at || *at >= values_.size() || values_[*at].active == 0) return std::nullopt;
  const Parameter& p = space_.parameters[*at];
  if (p.kind != ParameterKind::kChoice) return std::nullopt;
  const auto choice = static_cast<std::size_t>(values_[*at].number);
  if (choice >= p.choices.size()) return std::nullopt;
  return p.choices[choice];
}

}  // namespace equivolve::search
