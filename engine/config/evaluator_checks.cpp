#include "engine/config/evaluator_checks.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/config/descriptors_key.hpp"
#include "engine/plugins/nearest_name.hpp"

namespace equivolve::engine {
namespace {

// "" for a value that some candidates can reach and others not.
std::string refused_target(const NamedFigure& figure, double value) {
  const double best = figure.minimize ? figure.low : figure.high,
               worst = figure.minimize ? figure.high : figure.low;
  const bool beyond = figure.minimize ? value < best : value > best,
             trivial = figure.minimize ? value >= worst : value <= worst;
  if (!beyond && !trivial) return "";
  const char* within = beyond ? (figure.minimize ? "at least" : "at most")
                              : (figure.minimize ? "less than" : "more than");
  return fmt::format(
      "budget.target.{0} is {1}, which {2}: {0} is {3} and lies in [{4}, {5}]; "
      "expected {6} {7}",
      figure.name, value, beyond ? "no candidate can reach" : "every candidate reaches",
      figure.minimize ? "minimized" : "maximized", figure.low, figure.high, within,
      beyond ? best : worst);
}

std::vector<std::string> names_of(const EvaluatorInfo& info, Role role) {
  std::vector<std::string> names;
  for (const NamedFigure& figure : info.figures)
    if (figure.role == role) names.push_back(figure.name);
  return names;
}

// The settled range of a descriptor, or why it has none.
std::string settle_range(const NamedFigure& figure, DescriptorConfig& range) {
  const double low = range.low.value_or(figure.low), high = range.high.value_or(figure.high);
  if (!std::isfinite(low) || !std::isfinite(high))
    return fmt::format(
        "search.descriptors has no range for '{}', which the evaluator bounds by [{}, {}]; "
        "expected low and high, as in {{{}: {{low: 0, high: 10}}}}",
        figure.name, figure.low, figure.high, figure.name);
  if (!(low < high))
    return fmt::format("search.descriptors has '{}' from {} to {}; expected low below high",
                       figure.name, low, high);
  range = {low, high, range.bins.value_or(kDefaultBins)};
  return "";
}

}  // namespace

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

ConfigProblems settle_representation(ReadConfiguration& read,
                                     const EvaluatorDescriptor& descriptor) {
  Configuration& c = read.configuration;
  const auto& accepted = descriptor.representations;
  if (c.representation.empty()) c.representation = accepted.front();
  if (std::find(accepted.begin(), accepted.end(), c.representation) == accepted.end())
    return {read.document.problem_at_pointer(
        "/space/representation", false,
        fmt::format("space.representation is '{}', evaluator is '{}'; expected {}",
                    c.representation, descriptor.id, fmt::join(accepted, " or ")))};
  auto config = nlohmann::json::parse(c.evaluator.config_json);
  config["representation"] = c.representation;
  c.evaluator.config_json = config.dump();
  return {};
}

ConfigProblems check_targets(const ReadConfiguration& read, const EvaluatorDescriptor& descriptor,
                             const EvaluatorInfo& info) {
  ConfigProblems problems;
  std::vector<std::string> told;
  for (const NamedFigure& figure : info.figures)
    if (figure.role != Role::kMetric) told.push_back(figure.name);
  for (const auto& [name, value] : read.configuration.budget.target) {
    if (problems.size() >= kMostProblems) break;
    const std::string pointer = "/budget/target/" + escape_pointer_part(name);
    const auto figure =
        std::find_if(info.figures.begin(), info.figures.end(),
                     [&target = name](const NamedFigure& f) { return f.name == target; });
    const bool known = figure != info.figures.end();
    if (!known || figure->role == Role::kMetric)
      problems.push_back(read.document.problem_at_pointer(
          pointer, true,
          fmt::format("budget.target names '{}', {} evaluator '{}'; expected one of {}{}", name,
                      known ? "which is only a metric of" : "which is no figure of", descriptor.id,
                      fmt::join(told, ", "), suggestion(name, told))));
    else if (std::string why = refused_target(*figure, value); !why.empty())
      problems.push_back(read.document.problem_at_pointer(pointer, false, std::move(why)));
  }
  return problems;
}

ConfigProblems settle_descriptors(ReadConfiguration& read, const EvaluatorDescriptor& descriptor,
                                  const EvaluatorInfo& info) {
  SearchConfig& search = read.configuration.search;
  const std::string pointer = "/search/descriptors";
  if (search.algorithm == "nsga2" && names_of(info, Role::kObjective).size() == 1)
    read.warnings.push_back(read.document.problem_at_pointer(
        "/search/algorithm", false,
        fmt::format("search.algorithm is nsga2, evaluator '{}' has one objective; the others are "
                    "made for one",
                    descriptor.id)));
  if (search.algorithm != "map_elites") return {};
  const std::vector<std::string> known = names_of(info, Role::kDescriptor);
  if (known.empty())
    return {read.document.problem_at_pointer(
        "/search/algorithm", false,
        fmt::format("search.algorithm is 'map_elites', which needs descriptors; evaluator '{}' has "
                    "none; expected another algorithm",
                    descriptor.id))};
  ConfigProblems problems;
  for (const auto& one : search.descriptors)
    if (std::find(known.begin(), known.end(), one.first) == known.end())
      problems.push_back(read.document.problem_at_pointer(
          pointer + "/" + escape_pointer_part(one.first), true,
          fmt::format("search.descriptors names '{}', which is no descriptor of evaluator '{}'; "
                      "expected one of {}{}",
                      one.first, descriptor.id, fmt::join(known, ", "),
                      suggestion(one.first, known))));
  double cells = 1;
  for (const NamedFigure& figure : info.figures) {
    if (figure.role != Role::kDescriptor) continue;
    DescriptorConfig& range = search.descriptors[figure.name];
    if (std::string why = settle_range(figure, range); !why.empty())
      problems.push_back(read.document.problem_at_pointer(
          pointer + "/" + escape_pointer_part(figure.name), false, std::move(why)));
    cells *= range.bins.value_or(kDefaultBins);
  }
  if (cells > static_cast<double>(kMostCells))
    problems.push_back(read.document.problem_at_pointer(
        pointer, false,
        fmt::format("search.descriptors makes a grid of {:.3g} cells; expected at most {}", cells,
                    kMostCells)));
  return problems;
}

ConfigProblems check_schedule(const ReadConfiguration& read, const EvaluatorDescriptor& descriptor,
                              const EvaluatorInfo& info) {
  const std::string& schedule = read.configuration.search.schedule;
  if (schedule == "full" || info.levels.size() > 1) return {};
  return {read.document.problem_at_pointer(
      "/search/schedule", false,
      fmt::format("search.schedule is '{}', which needs several levels of fidelity; evaluator '{}' "
                  "has one with these settings; expected full",
                  schedule, descriptor.id))};
}

}  // namespace equivolve::engine
