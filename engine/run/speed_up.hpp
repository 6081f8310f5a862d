// What hashing did to a run's speed, as measured, and what to say when it slows the run down.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/config/configuration.hpp"

namespace equivolve::engine {

/// The seconds that trials would have taken without hashing, over those that were spent with it:
/// (evaluation + saved) / (price + evaluation). `price`: of probes, look-ups and verifications;
/// `saved`: what the trials behind the hits took, summed over hits. Nothing where there is nothing
/// to compare.
std::optional<double> measured_speed_up(double price, double evaluation, double saved);

/// Notices when hashing costs a run more than it saves, once.
class SlowHashing {
 public:
  /// A speed-up under 1 for so long a running time is no passing weakness of the start.
  static constexpr std::chrono::seconds kLong{30};

  /// `running`: of this session; `speed_up`: measured so far, nothing when there is none. True once
  /// in a run: when every look at it within the last kLong found it under 1.
  bool look(std::chrono::nanoseconds running, std::optional<double> speed_up);

 private:
  std::optional<std::chrono::nanoseconds> since_;
  bool said_ = false;
};

/// Whether time is all that a run has of hashing: not where it makes outcomes more certain
/// (aggregate), or has a say in what is bred (functional change, tabu).
bool hashing_only_saves(const Configuration& config);

/// One sentence that says what to change.
std::string slow_hashing_advice(double speed_up);
/// What `hashing.policy: auto` did about it.
std::string probing_stopped_notice(double speed_up);

}  // namespace equivolve::engine
