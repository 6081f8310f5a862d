// The one writer of a results file: a thread that takes records from a bounded queue and commits
// them in groups (20 ms or 4,096 rows). What was committed survives kill -9 and, with full
// durability, power loss.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "engine/store/records.hpp"

namespace equivolve::engine {

/// An error of the store: one line that says what and where, and whether the file itself is at
/// fault.
struct StoreError {
  std::string message;
};

struct WriterOptions {
  bool relaxed = false;
  std::size_t queue_capacity = 65536;  ///< rows; push waits beyond it
  std::size_t group_rows = 4096;
  std::chrono::milliseconds group_time{20};
  std::chrono::milliseconds busy_timeout{10'000};
  std::string vfs;  ///< name of an SQLite VFS; empty: the default
  std::function<void(std::string)>
      message;  ///< one-line notices ("store is locked by ..., waiting")
};

class StoreWriter {
 public:
  /// Opens or creates the file (its folder must exist). Refuses files that are not ours, damaged,
  /// of a newer schema or of an older one (migrate.hpp).
  static tl::expected<std::unique_ptr<StoreWriter>, StoreError> open(
      const std::filesystem::path& file, WriterOptions options = {});
  ~StoreWriter();  ///< commits what is queued, then ends the thread

  /// Writes the plan of a group, committed on return. Its runs are begun one by one: begin_run with
  /// `origin` set. Needs that there is no run.
  tl::expected<GroupId, StoreError> begin_group(const GroupPlan& plan);

  /// Writes the run's row, committed on return, takes the run's lock, and makes later records
  /// belong to it.
  tl::expected<RunId, StoreError> begin_run(const RunHead& head);

  /// Takes an existing run's lock and makes later records belong to it. Fails at once, naming host
  /// and pid, when another process has it.
  tl::expected<void, StoreError> resume_run(RunId run);

  /// Replaces the run's configuration as understood, committed on return: what a person changed of
  /// it when going on (its budget, where its data lies). Needs a run.
  tl::expected<void, StoreError> change_configuration(const std::string& resolved);

  /// Queues one record; waits while the queue is full. After a failure records are dropped (see
  /// failure()). [any-thread]
  void push(Record record);

  /// Called on the writer thread after each commit with the tickets of the outcomes it made
  /// durable, in order.
  void on_commit(std::function<void(const std::vector<OutcomeRow>&)> callback);

  /// Waits until everything pushed so far is committed.
  tl::expected<void, StoreError> flush();

  /// Updates the run's row and heartbeat, committed on return (queued records first).
  tl::expected<void, StoreError> update_run(const RunState& state);
  /// Heartbeat only: time, told. Queued, not waited for.
  void heartbeat(std::uint64_t told, double seconds);

  /// What another process asked of this run since the last call ("pause", "stop", "continue"),
  /// oldest first; taken out.
  std::vector<std::string> take_wishes();

  /// The first failure of the writer thread (disk full, I/O error), if any. [any-thread]
  std::optional<StoreError> failure() const;

  /// Ends the use of the run: checkpoints, makes the class index, releases the lock.
  tl::expected<void, StoreError> finish_run();

  const std::filesystem::path& file() const;

 private:
  StoreWriter();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace equivolve::engine
