#include "engine/cli/instance_view.hpp"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "search/space/configuration_space.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;
using engine::NamedFigure;
using engine::Role;

const char* role_name(Role role) {
  switch (role) {
    case Role::kObjective:
      return "objective";
    case Role::kConstraint:
      return "constraint";
    case Role::kDescriptor:
      return "descriptor";
    case Role::kMetric:
      break;
  }
  return "metric";
}

/// Only objectives have a direction that the search follows; a constraint is met on one
/// side of 0; descriptors have a range.
std::string figure_text(const NamedFigure& figure) {
  std::string text = figure.name + (figure.unit.empty() ? "" : " in " + figure.unit) + " (" +
                     role_name(figure.role);
  if (figure.role == Role::kObjective) text += figure.minimize ? ", minimize" : ", maximize";
  if (figure.role == Role::kConstraint) text += figure.minimize ? ", at most 0" : ", at least 0";
  if (figure.role == Role::kDescriptor && std::isfinite(figure.low) && std::isfinite(figure.high))
    text += fmt::format(", {:g} to {:g}", figure.low, figure.high);
  return text + ")";
}

std::string parameter_text(const search::Parameter& parameter,
                           const search::ConfigurationSpace& space) {
  std::string text = search::expected_values(parameter);
  if (parameter.log) text += ", on a log scale";
  if (!parameter.when.empty()) text += ", when " + search::clauses_text(parameter.when, space);
  if (parameter.default_value)
    text += ". Default " + search::value_text(parameter, *parameter.default_value);
  return text;
}

/// Infinite ends are none.
Json end_of(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

}  // namespace

std::string figures_text(const engine::EvaluatorInfo& info) {
  std::string list;
  for (const NamedFigure& figure : info.figures)
    list += (list.empty() ? "" : ", ") + figure_text(figure);
  return list.empty() ? "" : "figures: " + list + "\n";
}

std::string levels_text(const engine::EvaluatorInfo& info) {
  if (info.levels.size() < 2) return "";
  std::string names;
  for (const engine::LevelInfo& level : info.levels)
    names +=
        fmt::format("{}{} ({:.3g})", names.empty() ? "" : ", ", level.name, level.relative_cost);
  return fmt::format("levels, with their cost: {}\n", names);
}

std::string parameters_text(const search::Space& space) {
  const auto* configurations = std::get_if<search::ConfigurationSpace>(&space);
  std::string text;
  if (!configurations) return text;
  for (const search::Parameter& parameter : configurations->parameters)
    text +=
        fmt::format("  {:<24} {}\n", parameter.name, parameter_text(parameter, *configurations));
  return text;
}

Json figures_json(const engine::EvaluatorInfo& info) {
  Json list = Json::array();
  for (const NamedFigure& figure : info.figures)
    list.push_back({{"name", figure.name},
                    {"unit", figure.unit},
                    {"role", role_name(figure.role)},
                    {"minimize", figure.minimize},
                    {"low", end_of(figure.low)},
                    {"high", end_of(figure.high)},
                    {"reproducible", figure.reproducible}});
  return list;
}

Json levels_json(const engine::EvaluatorInfo& info) {
  Json list = Json::array();
  for (const engine::LevelInfo& level : info.levels)
    list.push_back({{"name", level.name},
                    {"relative_cost", level.relative_cost},
                    {"comparable_with_next", level.comparable_with_next}});
  return list;
}

Json parameters_json(const search::Space& space) {
  const auto* configurations = std::get_if<search::ConfigurationSpace>(&space);
  if (!configurations) return nullptr;
  Json list = Json::array();
  for (const search::Parameter& parameter : configurations->parameters)
    list.push_back({{"name", parameter.name},
                    {"type", search::kind_name(parameter.kind)},
                    {"values", parameter_text(parameter, *configurations)}});
  return list;
}

}  // namespace equivolve::cli
