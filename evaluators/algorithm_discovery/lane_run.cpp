#include "evaluators/algorithm_discovery/lane_run.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::algorithm_discovery {

using search::Function;

LaneRun::LaneRun(interpreters::LaneMachine& machine, const Rules& rules,
                 std::span<const std::uint64_t> seeds)
    : machine_(machine),
      rules_(rules),
      alive_(~std::uint64_t{0} >> (64 - machine.lanes())),
      stop_every_(1 + kOperationsBetweenLooks / machine.example_cost()),
      until_look_(stop_every_) {
  machine_.reset(seeds, hashing::Purpose::kEvaluate);
  machine_.run(Function::kSetup);
}

void LaneRun::begin(const LaneRows& rows, bool learns, double* scores) {
  cycle_ = machine_.cycle(rows.features.layout);
  cycle_.learns = learns;
  cycle_.classification = rules_.classification;
  if (!rules_.classification) cycle_.sigmoid = nullptr;
  cycle_.error_bound = rules_.error_bound;
  cycle_.features = rows.features;
  cycle_.labels = rows.labels;
  cycle_.scores = scores;
  begun_ = true;
}

void LaneRun::note_failed() {
  const double* told =
      cycle_.learns ? cycle_.prediction : cycle_.scores + cycle_.row * machine_.padded();
  for (std::uint32_t l = 0; l < machine_.lanes(); ++l) {
    if ((cycle_.failed >> l & 1) == 0) continue;
    const bool finite = std::isfinite(told[l]);
    ended_[l] = {finite ? End::kErrorBound : End::kNonFinite, examples_ + cycle_.row};
  }
  alive_ &= ~cycle_.failed;
}

LaneRun::Progress LaneRun::pass(const LaneRows& rows, const std::function<bool()>& stop) {
  while (cycle_.row < rows.count) {
    const std::size_t from = cycle_.row;
    cycle_.end = std::min<std::size_t>(rows.count, from + until_look_);
    cycle_.alive = alive_;
    machine_.run(cycle_);
    if (cycle_.failed != 0) {
      note_failed();
      return Progress::kLanesFailed;
    }
    until_look_ -= std::min<std::uint64_t>(until_look_, cycle_.row - from);
    if (until_look_ > 0) continue;
    until_look_ = stop_every_;
    if (stop()) return Progress::kCancelled;
  }
  examples_ += rows.count;
  return Progress::kFinished;
}

LaneRun::Progress LaneRun::train(const LaneRows& rows, const std::function<bool()>& stop) {
  if (!begun_) begin(rows, true, nullptr);
  for (; epoch_ < rules_.epochs; ++epoch_) {
    if (const Progress progress = pass(rows, stop); progress != Progress::kFinished)
      return progress;
    cycle_.row = 0;
  }
  begun_ = false;
  return Progress::kFinished;
}

LaneRun::Progress LaneRun::judge(const LaneRows& rows, double* scores,
                                 const std::function<bool()>& stop) {
  if (!begun_) begin(rows, false, scores);
  const Progress progress = pass(rows, stop);
  if (progress == Progress::kFinished) begun_ = false;
  return progress;
}

}  // namespace equivolve::algorithm_discovery
