#include "engine/run/worth.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace equivolve::engine {

std::vector<double> objectives_of(const std::vector<NamedFigure>& figures,
                                  std::span<const double> values) {
  std::vector<double> objectives;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (figures[i].role != Role::kObjective) continue;
    if (i >= values.size() || !std::isfinite(values[i])) return {};
    objectives.push_back(figures[i].minimize ? -values[i] : values[i]);
  }
  return objectives;
}

double violation_of(const NamedFigure& constraint, double value) {
  return std::max(0.0, constraint.minimize ? value : -value);
}

search::Outcome worth_of(const std::vector<NamedFigure>& figures, Status status,
                         const std::vector<double>& values) {
  search::Outcome outcome;
  outcome.pruned = status == Status::kPruned;
  if (status != Status::kOk && !outcome.pruned) return outcome;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const bool is_told = figures[i].role != Role::kMetric;
    if (outcome.pruned && is_told && !std::isfinite(values[i])) return outcome;
    if (figures[i].role == Role::kObjective)
      outcome.objectives.push_back(figures[i].minimize ? -values[i] : values[i]);
    if (figures[i].role == Role::kConstraint)
      outcome.violation += violation_of(figures[i], values[i]);
    if (figures[i].role == Role::kDescriptor) outcome.descriptors.push_back(values[i]);
  }
  outcome.ranked = !outcome.objectives.empty();
  return outcome;
}

std::vector<search::StepOutcome> steps_of(const std::vector<NamedFigure>& figures,
                                          const std::vector<IntermediateValue>& reported) {
  std::map<std::uint64_t, std::vector<double>> steps;  // what was reported last at a step counts
  for (const IntermediateValue& one : reported) {
    const auto place =
        steps.try_emplace(one.step, figures.size(), std::numeric_limits<double>::quiet_NaN());
    if (one.figure < figures.size()) place.first->second[one.figure] = one.value;
  }
  std::vector<search::StepOutcome> outcomes;
  for (const auto& [step, values] : steps)
    if (auto objectives = objectives_of(figures, values); !objectives.empty())
      outcomes.push_back({step, std::move(objectives)});
  return outcomes;
}

}  // namespace equivolve::engine
