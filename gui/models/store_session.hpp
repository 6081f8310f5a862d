// An opened results file: its runs, and one run that is followed. Blocking calls, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"
#include "gui/models/candidate_details.hpp"
#include "gui/models/run_follower.hpp"
#include "gui/models/run_row.hpp"
#include "gui/models/run_tally.hpp"

namespace equivolve::gui {

/// Errors are one line for people: what, which file, what to do.
class StoreSession {
 public:
  template <class Value>
  using Result = tl::expected<Value, std::string>;

  /// Waits at most half a second for a program that keeps the file to itself.
  static Result<std::unique_ptr<StoreSession>> open(const std::filesystem::path& file);

  /// Which file it is, whatever its name. A number that has become free is soon given again, so the
  /// time of birth counts as well (0 where the file system keeps none).
  struct Identity {
    std::uint64_t device = 0, inode = 0;
    std::int64_t born = 0;  ///< nanoseconds
    bool operator==(const Identity&) const = default;
  };
  Identity identity() const { return identity_; }

  /// Whether somebody has written since the last call (true the first time). An error when the file
  /// is gone or another one took its name: open again.
  Result<bool> changed();

  /// As they are by now, with what was tallied of them until then.
  Result<std::vector<RunRow>> runs();
  /// Reads what one run of those that runs() gave last has been told since its last tally, the
  /// latest run first; false where no run has been told anything.
  Result<bool> tally_one();
  /// By number, name or "latest".
  Result<engine::RunInfo> find_run(const std::string& run) const;

  /// From now on read_piece() reads this run.
  Result<void> follow(engine::RunId run);
  /// See run_sample; nothing where the followed run is read as quickly.
  Result<std::optional<CandidateData>> sample() const;
  /// Null before follow().
  const RunFollower* followed() const { return follower_.get(); }
  /// See RunFollower; false without a run.
  Result<bool> read_piece();
  Result<CandidateDetails> details(std::uint64_t ticket) const;

 private:
  StoreSession() = default;
  std::filesystem::path file_;
  Identity identity_;
  std::unique_ptr<engine::StoreReader> reader_;
  std::optional<std::int64_t> version_;
  std::vector<engine::RunInfo> infos_;  // of the last runs()
  std::map<engine::RunId, RunTally> tallies_;
  std::unique_ptr<RunFollower> follower_;
};

}  // namespace equivolve::gui
