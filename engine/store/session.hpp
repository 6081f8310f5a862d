// Writing one run, synchronously: what the writer's thread does. One thread at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/busy_wait.hpp"
#include "engine/store/inserter.hpp"
#include "engine/store/records.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/run_lock.hpp"
#include "engine/store/runs.hpp"
#include "engine/store/sql.hpp"
#include "engine/store/transaction.hpp"
#include "engine/store/wishes.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

struct Beat {
  std::uint64_t told = 0;
  double seconds = 0;
};

/// What goes into the store beside records.
struct Extras {
  std::optional<Beat> beat;
  std::vector<Wish> taken;
  bool empty() const { return !beat && taken.empty(); }
};

class WriteSession {
 public:
  static tl::expected<std::unique_ptr<WriteSession>, StoreError> open(
      const std::filesystem::path& file, const WriterOptions& options);

  /// All three need that there is no run.
  tl::expected<RunId, StoreError> begin_run(const RunHead& head);
  tl::expected<void, StoreError> resume_run(RunId run);
  tl::expected<GroupId, StoreError> begin_group(const GroupPlan& plan);
  /// One transaction: durable on success, rolled back on failure. Needs a run.
  tl::expected<void, StoreError> write(std::span<const Record> records, const Extras& extras);
  tl::expected<void, StoreError> set_state(const RunState& state);
  tl::expected<void, StoreError> change_configuration(const std::string& resolved);
  tl::expected<void, StoreError> finish_run();
  /// Gives the lock back without touching the file: what is left to do after a failure.
  void release();

  RunId run() const { return progress_.run; }  ///< 0: none
  /// The last wish that had been made when the run was taken up; it and those before do not count.
  std::int64_t last_wish_seen() const { return last_wish_seen_; }

 private:
  WriteSession(std::filesystem::path file, const WriterOptions& options);
  sql::Result<void> configure(bool relaxed);
  sql::Result<RunId> insert_run(const RunHead& head);
  tl::expected<void, StoreError> check_origin(const RunOrigin& origin);
  sql::Result<void> insert_figures(const std::vector<FigureRow>& figures);
  sql::Result<void> write_progress();
  sql::Result<void> insert_all(std::span<const Record> records, const Extras& extras);
  sql::Result<void> take_up(RunId run);
  sql::Result<void> resume_locked();
  sql::Result<void> discard_wishes();
  tl::expected<StoredRun, StoreError> read_run(RunId run);
  void compare_with_side_file();
  /// Commits, and with it the number of this run's commits.
  sql::Result<void> commit(Transaction& transaction, CommitName name);
  sql::Result<void> checkpoint_if_large();
  sql::Result<void> checkpoint_all();
  tl::unexpected<StoreError> cannot(std::string_view doing, const sql::Failure& failure) const;

  const std::filesystem::path file_;
  const std::function<void(std::string)> message_;
  BusyWait busy_wait_;
  int wal_pages_ = 0;        // as the last commit left it; SQLite tells
  int wal_pages_tried_ = 0;  // ... when a checkpoint was last tried; 0: not since it was short
  sql::Database database_;
  Inserter inserter_;
  sql::Statement update_progress_, mark_wish_;
  RowBytes bytes_;
  RunLock lock_;
  ProgressRow progress_;
  std::int64_t last_wish_seen_ = 0;
};

}  // namespace equivolve::engine::store
