// How long the probes of a run took, over all its sessions, and where they ended. Replay makes no
// probe again, so what earlier sessions measured is kept as an event.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/store/records.hpp"

namespace equivolve::engine {

/// Probes that were timed. A session that was killed left nothing behind: its probes are not here.
struct ProbeTime {
  std::uint64_t probes = 0;
  double seconds = 0;

  /// What `all` probes of the run take at the measured mean; nothing when there are some and none
  /// was timed.
  std::optional<double> of_all(std::uint64_t all) const;
};

/// Event "probed": the sums so far, earlier sessions included.
EventRow probed_event(const ProbeTime& time);

/// What the last such event says; zeros when there is none.
ProbeTime last_probed(const std::vector<EventRow>& events);

/// Event "probing_stopped": the first ticket that is not probed, as hashing did not pay
/// (`hashing.policy: auto`) or as one candidate had two digests.
EventRow probing_stopped_event(std::uint64_t ticket, bool digests_differ);
struct ProbingStopped {
  std::uint64_t ticket = 0;
  bool digests_differ = false;
};
std::optional<ProbingStopped> probing_stopped(const std::vector<EventRow>& events);

}  // namespace equivolve::engine
