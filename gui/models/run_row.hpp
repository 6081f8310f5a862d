// A run as the list of runs shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/reader.hpp"
#include "gui/models/run_tally.hpp"

namespace equivolve::gui {

/// Found, or a reference, over repeats: what a summary says of it. NaN: not known.
struct Contender {
  std::string name;
  struct Stage {
    double mean, low, high;  ///< 95 % interval; NaN where there was no spread
  };
  Stage confirmed, test;
};

struct RunRow {
  engine::RunInfo info;
  std::string state;      ///< "running", "paused", "stopped", "finished", "failed", "interrupted"
  std::string group;      ///< "" for a run of its own
  std::string objective;  ///< name of the first objective
  bool minimize = false;
  std::optional<double> budget;  ///< candidates at most
  std::optional<double> best, duplicates, seconds_saved,
      rate;                            ///< duplicates: share; rate: candidates a second
  std::vector<Contender> contenders;   ///< "found" first, then the references; empty until the end
  std::shared_ptr<const Curve> curve;  ///< of the best so far; null: not read yet

  bool is_live() const { return state == "running" || state == "paused"; }
};

/// Counted rows are used where the run has no summary yet; null: not counted.
RunRow run_row(const engine::RunInfo& info, const RunTally* tally);

/// For how many seconds a live run has given no sign: the time since its last heartbeat, which it
/// gives once a second, by `now` (seconds since 1970, UTC). Nothing where it is not live or has
/// given none.
std::optional<double> seconds_silent(const RunRow& run, double now);
/// The state, and of a live run that should have given a sign since, for how long it has not.
std::string state_text(const RunRow& run, double now);

}  // namespace equivolve::gui
