// One trial at a worker: what it is asked, what it says on the way, and what becomes of its answer,
// which is read with the same distrust as a module's own.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "engine/plugins/workers/asking.hpp"

namespace equivolve::engine {

/// Of one thread, but for take(), which any may call while it asks, one at a time.
class WorkerTrial {
 public:
  /// Both have to outlive it.
  WorkerTrial(const EvaluatorInfo& info, const TrialRequest& request)
      : info_(info), request_(request) {}

  protocol::Evaluate question(protocol::WireCandidate candidate) const;
  /// A part that came before the answer; what the worker is told upon it.
  std::optional<protocol::Body> take(protocol::Body part);
  /// On another worker: what was said so far is void.
  void start_anew();
  /// `stop`: of the trial. Without figures where it failed or was cancelled.
  TrialResult result_of(tl::expected<WorkerReply, NoAnswer> answer, const std::atomic<bool>& stop);

 private:
  struct Items {
    std::vector<double> items;
    bool are_too_many = false;
  };
  std::optional<protocol::Body> take_progress(protocol::Progress progress);
  void take_items(const protocol::ItemsPart& part);
  TrialResult judged(protocol::Result result, bool was_stopped, bool is_late) const;
  void judge_end(TrialResult& result, bool was_stopped, bool is_late) const;
  void judge_figures(TrialResult& result, const std::string& named_json) const;
  void keep_intermediate(std::vector<IntermediateValue> values, TrialResult& result) const;

  const EvaluatorInfo& info_;
  const TrialRequest& request_;
  std::vector<IntermediateValue> intermediate_;
  Items items_;  // beside a result that has none of its own
  bool is_pruned_ = false;
};

}  // namespace equivolve::engine
