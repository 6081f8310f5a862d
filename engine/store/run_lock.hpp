// Who writes a run: an operating-system lock on a side file beside the store,
// `<store>.run-<id>.lock`. The kernel drops it with the process, so a killed run leaves none. The
// file says host and pid of the holder as text, and how many commits the run has made, so that a
// store that lost its -wal file is noticed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/records.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

/// What a side file says.
struct LockHolder {
  std::string host;
  long pid = 0;
  std::uint64_t commits = 0;
};

/// Of a run's side files the one that holds what its crashes have left (written by others).
inline constexpr std::string_view kCrashes = "crashes";
/// `<store>.run-<id>.<kind>`, one name however the store is called.
std::filesystem::path side_file_of(const std::filesystem::path& store, RunId run,
                                   std::string_view kind);

bool is_this_process(const LockHolder& holder);

class RunLock {
 public:
  /// Fails at once, naming host and pid, when another process (or another lock in this one) has it;
  /// waits up to 10 s only for a holder that has not yet written its name.
  static tl::expected<RunLock, StoreError> take(const std::filesystem::path& store, RunId run);
  RunLock() = default;
  ~RunLock();
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;

  /// Commits as the side file had them when the lock was taken; 0 for a new file.
  std::uint64_t commits_found() const { return commits_found_; }
  /// Writes the number into the side file. One system call, not synced: it may lag behind after a
  /// power loss, never lead.
  void note_commits(std::uint64_t commits) const;
  /// Ends the lock and, when asked, removes the run's side files; else takes the name out of it.
  void release(bool remove_files);
  bool held() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
  std::filesystem::path file_;
  bool named_ = false;  // the side file has this holder's name
  std::uint64_t commits_found_ = 0;
};

/// The side file's text; empty when there is none or it says nothing.
std::optional<LockHolder> read_side_file(const std::filesystem::path& store, RunId run);
/// Whether a live process holds the run. Takes no lock itself.
bool is_held(const std::filesystem::path& store, RunId run);
/// The runs of the store held by live processes.
std::vector<std::pair<RunId, LockHolder>> live_runs(const std::filesystem::path& store);

}  // namespace equivolve::engine::store
