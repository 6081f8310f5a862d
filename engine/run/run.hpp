// One run from start (or from wherever it was left) to its summary.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "engine/run/clock.hpp"
#include "engine/run/executor.hpp"
#include "engine/run/preparation.hpp"
#include "engine/run/summary.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// What a run took over, or decided by the clock, and must take over again to be the same run.
struct RunOrigins {
  std::shared_ptr<const WarmStart> warm_start;  ///< null: none
  std::optional<std::uint64_t> probes_end;      ///< see PipelineSettings
  bool probes_differ = false;                   ///< likewise
};
/// Of a run in the store.
tl::expected<RunOrigins, StoreError> origins_of(const StoreReader& reader, RunId run);

/// What a run tells whoever watches it. Called on the thread that called go().
struct ProgressReport {
  enum class Phase : std::uint8_t { kSearch, kFinal };
  Phase phase = Phase::kSearch;
  Pipeline::Progress live;
  double seconds = 0;          ///< of searching: all sessions, without pauses
  double session_seconds = 0;  ///< the same, of this session
  bool paused = false;
};

struct RunControls {
  std::function<void(const ProgressReport&)> progress;  ///< about five times a second; may be empty
  std::function<void(const std::string&)> notice;       ///< one-line notices; may be empty
  std::function<void(const std::vector<OutcomeRow>&)>
      committed;                       ///< on the writer's thread, after each commit; may be empty
  std::function<void(RunId)> started;  ///< the run has its number; may be empty
  const std::atomic<int>* signal = nullptr;  ///< becomes the number of a signal that asks to stop
  std::function<std::unique_ptr<Executor>(unsigned width)>
      executor;                  ///< for tests; empty: as configured
  const Clock* clock = nullptr;  ///< for tests; null: the machine's
  /// Of the run that is to be reproduced; empty: a new run gathers its own.
  std::optional<RunOrigins> origins;
  /// Of the same, its outcomes by ticket: the run ends where that one did. They outlive the run;
  /// null: it ends as its budget says.
  const std::vector<OutcomeRow>* repeats_run = nullptr;
};

struct RunError {
  int exit_code = 3;
  std::string message;
  RunId run = 0;  ///< when there is one to go on with
};

/// Exit code of a summary: 0 finished, 1 defect, 4 failures spent, 130/143 stopped by a signal, 0
/// stopped by a wish.
struct RunOutcome {
  RunSummary summary;
  int exit_code = 0;
};

/// A new run in the configuration's store.
tl::expected<RunOutcome, RunError> start_run(const Preparation& prepared,
                                             const RunControls& controls);

/// Goes on with a run that is in the store; `info` is its row. Replays from ticket 0.
tl::expected<RunOutcome, RunError> resume_run(const Preparation& prepared, const RunInfo& info,
                                              const RunControls& controls);

}  // namespace equivolve::engine
