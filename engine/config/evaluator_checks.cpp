#include "engine/config/evaluator_checks.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/plugins/nearest_name.hpp"

namespace equivolve::engine {

ConfigProblem map_problem(const ReadConfiguration& read, const EvaluatorError& error,
                          PointsInto into) {
  // config_json has "data" and "options" at the places where the file has them.
  std::string pointer =
      into == PointsInto::kSpace ? "/space" + error.json_pointer : error.json_pointer;
  const bool nowhere = error.json_pointer.empty() && into == PointsInto::kConfig;
  if (nowhere) pointer = "/evaluator";
  std::string name;
  for (const std::string& part : pointer_parts(pointer)) name += (name.empty() ? "" : ".") + part;
  return read.document.problem_at_pointer(
      pointer, false, nowhere ? error.message : fmt::format("{}: {}", name, error.message));
}

ConfigProblems check_against_evaluator(const ReadConfiguration& read,
                                       const EvaluatorDescriptor& descriptor,
                                       const EvaluatorInfo& info) {
  ConfigProblems problems;
  const Configuration& c = read.configuration;
  const auto& accepted = descriptor.representations;
  if (std::find(accepted.begin(), accepted.end(), c.representation) == accepted.end())
    problems.push_back(read.document.problem_at_pointer(
        "/space/representation", false,
        fmt::format("space.representation is '{}', evaluator is '{}'; expected {}",
                    c.representation, descriptor.id, fmt::join(accepted, " or "))));
  std::vector<std::string> told;
  for (const NamedFigure& figure : info.figures)
    if (figure.role != Role::kMetric) told.push_back(figure.name);
  for (const auto& [name, value] : c.budget.target) {
    if (std::find(told.begin(), told.end(), name) != told.end()) continue;
    const bool metric =
        std::any_of(info.figures.begin(), info.figures.end(),
                    [&target = name](const NamedFigure& figure) { return figure.name == target; });
    problems.push_back(read.document.problem_at_pointer(
        "/budget/target/" + escape_pointer_part(name), true,
        fmt::format("budget.target names '{}', {} evaluator '{}'; expected one of {}{}", name,
                    metric ? "which is only a metric of" : "which is no figure of", descriptor.id,
                    fmt::join(told, ", "), suggestion(name, told))));
  }
  return problems;
}

}  // namespace equivolve::engine
