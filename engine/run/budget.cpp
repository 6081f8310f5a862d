#include "engine/run/budget.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace equivolve::engine {

std::string stop_cause_name(StopCause cause) {
  constexpr std::array<const char*, 12> names = {
      "",       "candidates", "evaluations", "time",  "target", "exhausted",
      "signal", "wish",       "failures",    "store", "defect", "workers"};
  return names[static_cast<std::size_t>(cause)];
}

BudgetMeter::BudgetMeter(const BudgetConfig& budget, const std::vector<NamedFigure>& figures)
    : budget_(budget) {
  for (const auto& [name, value] : budget_.target) {
    auto found = std::find_if(figures.begin(), figures.end(),
                              [&name = name](const NamedFigure& f) { return f.name == name; });
    assert(found != figures.end());
    if (found == figures.end()) continue;
    targets_.push_back({static_cast<std::size_t>(found - figures.begin()), value, found->minimize});
  }
}

bool BudgetMeter::reached(const std::vector<double>& figures) const {
  if (targets_.empty() || figures.empty()) return false;
  return std::all_of(targets_.begin(), targets_.end(), [&](const Target& t) {
    return t.minimize ? figures[t.figure] <= t.value : figures[t.figure] >= t.value;
  });
}

StopCause BudgetMeter::count(bool child, bool evaluated, const std::vector<double>& figures,
                             const RunningTime& time) {
  candidates_ += child ? 1 : 0;
  evaluations_ += evaluated ? 1 : 0;
  target_reached_ = target_reached_ || reached(figures);
  if (target_reached_) return StopCause::kTarget;
  if (budget_.candidates && candidates_ >= *budget_.candidates) return StopCause::kCandidates;
  if (budget_.evaluations && evaluations_ >= *budget_.evaluations) return StopCause::kEvaluations;
  if (time_is_up(time)) return StopCause::kTime;
  return StopCause::kNone;
}

}  // namespace equivolve::engine
