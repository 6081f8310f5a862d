#include "engine/plugins/scripts/script_settings.hpp"

#include <algorithm>
#include <limits>
#include <regex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/scripts/script_output.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;

constexpr const char* kSchema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "script",
  "type": "object",
  "required": ["options"],
  "properties": {
    "options": {
      "type": "object",
      "required": ["command", "metrics"],
      "additionalProperties": false,
      "properties": {
        "command": {"type": "array", "minItems": 1, "items": {"type": ["string", "array"], "items": {"type": "string"}}, "description": "The program and its arguments, started once a trial. {name} stands for the value of that parameter, {seed} for a number below 2^31 that differs between repeats, {threads} for the threads it may use, {scratch} for an empty folder that is removed afterwards; {{ and }} for braces. Arguments in a list of their own are left out together where they name an inactive parameter."},
        "metrics": {"type": "object", "minProperties": 1, "additionalProperties": {"enum": ["minimize", "maximize", "at_most_zero", "at_least_zero", "descriptor", "record"]}, "description": "Figures by name: what is searched for, constraints (met at most, or at least, at zero), what kind of solution it is (for map_elites), or what is kept alone. They are read from the last line of stdout that is a JSON object with all of them; lines before that which also have \"step\" are intermediate values."},
        "objective": {"type": "string", "description": "Which metric comes first, where several are minimized or maximized."},
        "patterns": {"type": "object", "additionalProperties": {"type": "string"}, "description": "For programs that print no JSON: a regular expression (ECMAScript) with one group for each metric. Its last match in stdout counts."},
        "environment": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Variables beside those that Equivolve was started with."},
        "folder": {"type": "string", "format": "path", "default": ".", "description": "Where it runs."},
        "deterministic": {"type": "boolean", "default": false, "description": "Equal parameters and {seed} give equal figures."}
      }
    }
  }
})";

EvaluatorError fault(const std::string& pointer, std::string message) {
  return {"/options/" + pointer, std::move(message), true};
}

std::vector<ArgumentGroup> command_of(const json& options) {
  std::vector<ArgumentGroup> command;
  for (const json& item : options.at("command"))
    command.push_back(item.is_string() ? ArgumentGroup{item.get<std::string>()}
                                       : item.get<ArgumentGroup>());
  return command;
}

NamedFigure figure_of(const std::string& name, const std::string& aim) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  NamedFigure figure;
  figure.name = name;
  figure.role = aim == "minimize" || aim == "maximize"            ? Role::kObjective
                : aim == "at_most_zero" || aim == "at_least_zero" ? Role::kConstraint
                : aim == "descriptor"                             ? Role::kDescriptor
                                                                  : Role::kMetric;
  figure.minimize = aim == "minimize" || aim == "at_most_zero";
  figure.low = -kInfinity;
  figure.high = kInfinity;
  return figure;
}

tl::expected<std::vector<NamedFigure>, EvaluatorError> figures_of(const json& options) {
  std::vector<NamedFigure> figures;
  for (const auto& [name, aim] : options.at("metrics").items()) {
    if (!is_plugin_name(name))
      return tl::unexpected(
          fault("metrics", fmt::format("names '{}'; expected letters, digits, '_', '.' "
                                       "and '-', a letter first",
                                       one_line(name, 80))));
    if (name == "step")
      return tl::unexpected(
          fault("metrics", "names 'step', which is what marks intermediate values"));
    figures.push_back(figure_of(name, aim.get<std::string>()));
  }
  const auto is_objective = [](const NamedFigure& f) { return f.role == Role::kObjective; };
  const auto count = std::ranges::count_if(figures, is_objective);
  if (count == 0)
    return tl::unexpected(
        fault("metrics", "has none to minimize or maximize; expected at least one"));
  std::string first = options.value("objective", "");
  if (first.empty() && count > 1)
    return tl::unexpected(fault("metrics",
                                "has several to minimize or maximize; "
                                "expected options.objective, which one comes first"));
  if (first.empty()) first = std::ranges::find_if(figures, is_objective)->name;
  const auto found = std::ranges::find_if(
      figures, [&](const NamedFigure& f) { return f.name == first && is_objective(f); });
  if (found == figures.end())
    return tl::unexpected(
        fault("objective", fmt::format("is '{}'; expected a metric that is minimized "
                                       "or maximized",
                                       one_line(first, 80))));
  std::rotate(figures.begin(), found, found + 1);
  // Objectives before the others, each kind in the order of names.
  std::stable_sort(figures.begin() + 1, figures.end(), [&](const auto& a, const auto& b) {
    return is_objective(a) && !is_objective(b);
  });
  return figures;
}

tl::expected<void, EvaluatorError> check_patterns(const ScriptSettings& settings) {
  for (const auto& [name, pattern] : settings.patterns) {
    const auto is_named = [&name = name](const NamedFigure& f) { return f.name == name; };
    if (std::ranges::none_of(settings.figures, is_named))
      return tl::unexpected(
          fault("patterns", fmt::format("names '{}'; expected a metric", one_line(name, 80))));
    try {
      if (std::regex(pattern, kPatternSyntax).mark_count() != 1)
        return tl::unexpected(
            fault("patterns/" + name,
                  fmt::format("has {} groups; expected one", std::regex(pattern).mark_count())));
    } catch (const std::regex_error& error) {
      return tl::unexpected(fault("patterns/" + name, fmt::format("is no regular expression ({})",
                                                                  one_line(error.what(), 200))));
    }
  }
  if (settings.patterns.empty() || settings.patterns.size() == settings.figures.size()) return {};
  for (const NamedFigure& figure : settings.figures)
    if (!settings.patterns.contains(figure.name))
      return tl::unexpected(fault(
          "patterns",
          fmt::format("has none for '{}'; expected one for each metric, or none", figure.name)));
  return {};
}

}  // namespace

std::string script_schema() {
  return kSchema;
}

tl::expected<ScriptSettings, EvaluatorError> read_script_settings(const std::string& config_json) {
  const json config = json::parse(config_json, nullptr, false);
  if (!config.is_object() || !config.contains("options") || !config["options"].contains("command"))
    return tl::unexpected(fault("command", "is missing; expected a list of texts"));
  const json& options = config["options"];
  ScriptSettings settings;
  settings.command = command_of(options);
  if (settings.command.front().empty() || settings.command.front().front().empty())
    return tl::unexpected(fault("command", "begins with nothing; expected a program"));
  settings.folder = options.value("folder", "");
  const json environment = options.value("environment", json::object());
  for (const auto& [name, value] : environment.items())
    settings.environment.emplace_back(name, value.get<std::string>());
  settings.deterministic = options.value("deterministic", false);
  auto figures = figures_of(options);
  if (!figures) return tl::unexpected(std::move(figures.error()));
  settings.figures = std::move(*figures);
  const json patterns = options.value("patterns", json::object());
  for (const auto& [name, pattern] : patterns.items())
    settings.patterns.emplace(name, pattern.get<std::string>());
  if (auto right = check_patterns(settings); !right)
    return tl::unexpected(std::move(right.error()));
  return settings;
}

}  // namespace equivolve::engine
