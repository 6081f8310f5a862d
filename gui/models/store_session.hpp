// An opened results file: its runs, and one run that is followed. Blocking calls, one thread.
#pragma once

#include <sys/types.h>

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

namespace equivolve::gui {

/// Errors are one line for people: what, which file, what to do.
class StoreSession {
 public:
  template <class Value>
  using Result = tl::expected<Value, std::string>;

  static Result<std::unique_ptr<StoreSession>> open(const std::filesystem::path& file);

  /// Whether somebody has written since the last call (true the first time). An error when the file
  /// is gone or another one took its name: open again.
  Result<bool> changed();

  Result<std::vector<RunRow>> runs();
  /// By number, name or "latest".
  Result<engine::RunInfo> find_run(const std::string& run) const;

  /// From now on read_piece() reads this run.
  Result<void> follow(engine::RunId run);
  /// Null before follow().
  const RunFollower* followed() const { return follower_.get(); }
  /// See RunFollower; false without a run.
  Result<bool> read_piece();
  Result<CandidateDetails> details(std::uint64_t ticket) const;

 private:
  StoreSession() = default;
  const engine::RunCounts* counted(const engine::RunInfo& run);

  std::filesystem::path file_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::unique_ptr<engine::StoreReader> reader_;
  std::optional<std::int64_t> version_;
  std::map<engine::RunId, engine::RunCounts> counts_;  // of runs without a summary
  std::unique_ptr<RunFollower> follower_;
};

}  // namespace equivolve::gui
