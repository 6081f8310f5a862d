// A classifier adapts itself along a stream; what it predicted is held against the labels
// afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "evaluators/test_time_adaptation/adapter.hpp"
#include "evaluators/test_time_adaptation/figures.hpp"
#include "evaluators/test_time_adaptation/stream.hpp"

namespace equivolve::test_time_adaptation {

/// What one run along a stream is made of, besides the stream.
struct RunSettings {
  Recipe recipe;
  std::optional<FormulaRule> rule;
  std::uint32_t batch = 64, rounds = 1;
  std::uint64_t seed = 0;  ///< of augmented views and stochastic restoration
};

struct StreamRun {
  std::vector<std::vector<Scores>> by_round;  ///< [round][position in the stream's segments]
  std::vector<Scores> over_time;              ///< of each batch, in order
  Calibration calibration;
  AdaptationCounts counts;
  std::vector<double> nll_by_id;  ///< sums over rounds and segments, by Segment::ids
  bool finite = true;             ///< false: it stopped where it no longer was
  bool cancelled = false;
  double cpu_seconds = 0;
  std::size_t trained_weights = 0;

  Scores of_round(std::size_t round) const;
  Scores all() const;
  /// Error of the last round minus that of the first.
  double collapse() const;
  /// Of the trained weights, those that went home after a batch, on average.
  double restored_share() const;
};

/// `cancelled` is asked before each batch. `told`, if given, gets the logits of each batch. A
/// function of its arguments, but for cpu_seconds. [any-thread]
StreamRun run_along(
    const SourceModel& source, const SampleStream& stream, const RunSettings& settings,
    const std::function<bool()>& cancelled,
    const std::function<void(const StreamBatch&, std::span<const float>)>& told = {});

}  // namespace equivolve::test_time_adaptation
