// Behaviours that have cost their processes, and which of them are tried no more: one that crashes
// whoever runs it must not crash a worker with each candidate that behaves alike.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {

/// A trial that ended with its process is tried so often in all, and a behaviour that has cost so
/// many processes is set aside.
inline constexpr int kMostAttempts = 3;

/// What stands behind the sizes in the message of a process that ended for memory.
inline constexpr std::string_view kMemoryKeySays = "MiB that evaluator.memory allows";

/// The two names of what a candidate does: its genome's own, which probes go by, and its class's,
/// which is its own where it has none.
struct Behaviours {
  std::uint64_t own = 0, of_class = 0;
};
Behaviours behaviours_of(const CandidateView& candidate,
                         const std::optional<hashing::Digest>& class_digest);

/// [any-thread]
class SetAside {
 public:
  void count_loss(std::uint64_t behaviour, Reason reason);
  /// The reason of its last loss, once it has cost kMostAttempts processes.
  std::optional<Reason> why(std::uint64_t behaviour) const;
  /// A failed result of a candidate one of whose names is set aside; nothing of others.
  std::optional<TrialResult> result_of(const Behaviours& behaviours) const;
  /// A trial that an earlier session of the run has stored: one that ended with its last process
  /// had cost as many as set its behaviour aside.
  void take_note(const Behaviours& behaviours, const TrialResult& stored);

 private:
  struct Losses {
    int count = 0;
    Reason last = Reason::kCrash;
  };
  mutable std::mutex lock_;
  std::unordered_map<std::uint64_t, Losses> losses_;  // protected by lock_
};

/// With the figures that a failed trial does not have left to who knows their number.
TrialResult failed_trial(Reason reason, std::string message);

}  // namespace equivolve::engine
