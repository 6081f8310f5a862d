#include "search/schedules/pruning.hpp"

#include <algorithm>

#include "search/algorithms/nondominated_sorting.hpp"

namespace equivolve::search {
namespace {

/// Of trials with these values, one after the other's, those that stand before the given one.
std::size_t count_better(std::span<const double> values, std::span<const double> own) {
  if (own.size() == 1)
    return static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [&](double value) { return value > own[0]; }));
  std::vector<Outcome> outcomes(values.size() / own.size() + 1);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto of = i + 1 < outcomes.size() ? values.subspan(i * own.size(), own.size()) : own;
    outcomes[i].ranked = true;
    outcomes[i].objectives.assign(of.begin(), of.end());
  }
  std::vector<const Outcome*> all;
  for (const Outcome& outcome : outcomes) all.push_back(&outcome);
  return count_ahead(all, outcomes.size() - 1);
}

}  // namespace

bool PruningTable::stops(std::uint64_t step, std::span<const double> objectives) const {
  if (step < warmup_) return false;
  const auto found = steps_.find(step);
  if (found == steps_.end() || found->second->width != objectives.size()) return false;
  const std::vector<double>& values = found->second->values;
  const auto trials = static_cast<double>(values.size() / objectives.size());
  return static_cast<double>(count_better(values, objectives)) >= share_ * trials;
}

std::shared_ptr<const PruningTable> Pruner::table(std::uint32_t level) const {
  const auto found = levels_.find(level);
  if (found == levels_.end() || found->second.finished < settings_.startup) return nullptr;
  return found->second.table;
}

void Pruner::take(std::uint32_t level, const Outcome& outcome) {
  if (settings_.share >= 1 || !outcome.ranked || outcome.pruned || outcome.steps.empty()) return;
  Level& of = levels_[level];
  ++of.finished;
  auto table =
      of.table ? std::make_shared<PruningTable>(*of.table) : std::make_shared<PruningTable>();
  table->share_ = settings_.share;
  table->warmup_ = settings_.warmup_steps;
  for (const StepOutcome& reported : outcome.steps) {
    if (table->steps_.size() >= PruningTable::kSteps && !table->steps_.contains(reported.step))
      continue;
    std::shared_ptr<const PruningTable::Step>& place = table->steps_[reported.step];
    auto step = place ? std::make_shared<PruningTable::Step>(*place)
                      : std::make_shared<PruningTable::Step>();
    const std::size_t width = reported.objectives.size();
    if (step->width != width) step->values.clear();
    step->width = width;
    if (step->values.size() >= PruningTable::kHeld * width)
      step->values.erase(step->values.begin(),
                         step->values.begin() + static_cast<std::ptrdiff_t>(width));
    step->values.insert(step->values.end(), reported.objectives.begin(), reported.objectives.end());
    place = std::move(step);
  }
  of.table = std::move(table);
}

bool PruningWatch::stops(std::uint64_t step, std::span<const double> objectives) {
  if (objectives.size() != 1) return table_.stops(step, objectives);
  if (best_.empty() || objectives[0] > best_[0]) best_.assign(1, objectives[0]);
  return table_.stops(step, best_);
}

}  // namespace equivolve::search
