// A program over the examples of several lanes in lock step; every lane does what ProgramRun does,
// bit for bit.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "evaluators/algorithm_discovery/program_run.hpp"
#include "evaluators/common/interpreters/lane_machine.hpp"

namespace equivolve::algorithm_discovery {

/// Examples of all lanes, in the order in which they are seen; as many for each lane.
struct LaneRows {
  interpreters::LaneFeatures features;
  const double* labels = nullptr;  ///< one a row and (padded) lane, lanes next to each other
  std::size_t count = 0;           ///< rows
};

class LaneRun {
 public:
  enum class Progress {
    kFinished,
    kLanesFailed,  ///< some lanes ended early, see failed(); the same call again goes on with the
                   ///< others
    kCancelled,
  };

  /// `machine` is loaded; it is reset and setup is run. One seed a lane.
  LaneRun(interpreters::LaneMachine& machine, const Rules& rules,
          std::span<const std::uint64_t> seeds);

  /// Trains for all epochs.
  Progress train(const LaneRows& rows, const std::function<bool()>& stop);
  /// Predicts `scores`: raw s1, one a row and padded lane, lanes next to each other. All rows are
  /// predicted before any is checked, so the memories of a lane that fails are further than it got.
  Progress judge(const LaneRows& rows, double* scores, const std::function<bool()>& stop);

  /// A bit for each lane that failed in the last call, and for each that has not yet.
  std::uint64_t failed() const { return cycle_.failed; }
  std::uint64_t alive() const { return alive_; }
  const Ended& ended(std::uint32_t lane) const { return ended_[lane]; }

 private:
  void begin(const LaneRows& rows, bool learns, double* scores);
  /// One pass over the rows.
  Progress pass(const LaneRows& rows, const std::function<bool()>& stop);
  void note_failed();

  interpreters::LaneMachine& machine_;
  Rules rules_;
  interpreters::LaneCycle cycle_;
  std::uint64_t alive_;
  std::array<Ended, interpreters::kMostLanes> ended_{};
  bool begun_ = false;
  std::uint32_t epoch_ = 0;
  std::uint64_t examples_ = 0;    // before the first row of this pass
  std::uint64_t stop_every_ = 1;  // examples between two questions
  std::uint64_t until_look_ = 1;
};

}  // namespace equivolve::algorithm_discovery
