#include "engine/store/session.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>

#include "engine/store/create.hpp"
#include "engine/store/errors.hpp"
#include "engine/store/fault_point.hpp"
#include "engine/store/file_check.hpp"
#include "engine/store/groups.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {
namespace {

// The -wal is carried into the file when it is longer than 16 MiB; a frame is a page of 4,096 bytes
// and 24 more.
constexpr int kCheckpointPages = 16 * 1024 * 1024 / (4096 + 24);

// The former is made by readers who look up digests, and was by Equivolve at the end of a run until
// schema 3: new classes would be sorted into it one by one, which is what makes writing slow. In
// the latter are failed trials alone (3 is Status::kFailed), so that who asks for them does not
// read all; who has a file without it finds the same. No part of the schema.
constexpr char kSettleIndexes[] =
    "DROP INDEX IF EXISTS classes_by_digest; "
    "CREATE INDEX IF NOT EXISTS failed_trials ON trials(status) WHERE status = 3";

int remember_wal_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

double finite(double seconds) {
  return std::isfinite(seconds) ? seconds : 0;
}

}  // namespace

WriteSession::WriteSession(std::filesystem::path file, const WriterOptions& options)
    : file_(std::move(file)),
      message_(options.message),
      busy_wait_(file_, options.busy_timeout, options.message) {}

tl::expected<std::unique_ptr<WriteSession>, StoreError> WriteSession::open(
    const std::filesystem::path& file, const WriterOptions& options) {
  auto exists = check_file(file);
  if (!exists) return tl::unexpected(exists.error());
  if (!*exists) {
    if (auto created = create_store(file, options.vfs); !created) {
      return tl::unexpected(created.error());
    }
  }
  std::unique_ptr<WriteSession> session(new WriteSession(file, options));
  auto database = sql::Database::open(file, sql::Access::kReadWrite, options.vfs);
  if (!database) return session->cannot("open", database.error());
  session->database_ = std::move(*database);
  session->busy_wait_.install(session->database_);
  if (session->database_.read_only()) {
    return tl::unexpected(StoreError{fmt::format(
        "{}: cannot write: the file or its folder is read-only; change that or name another store",
        file.string())});
  }
  if (auto set = session->configure(options.relaxed); !set) {
    return session->cannot("open", set.error());
  }
  auto schema = check_database(file, session->database_);
  if (!schema) return tl::unexpected(schema.error());
  if (auto older = older_schema(file, *schema)) return tl::unexpected(*older);
  auto inserter = Inserter::prepare(session->database_);
  if (!inserter) return session->cannot("open", inserter.error());
  session->inserter_ = std::move(*inserter);
  auto update_progress = session->database_.prepare(kUpdateProgress);
  if (!update_progress) return session->cannot("open", update_progress.error());
  session->update_progress_ = std::move(*update_progress);
  auto mark_wish = session->database_.prepare(kMarkWish);
  if (!mark_wish) return session->cannot("open", mark_wish.error());
  session->mark_wish_ = std::move(*mark_wish);
  return session;
}

sql::Result<void> WriteSession::configure(bool relaxed) {
  // An older -wal setting may have been changed by another tool; WAL is part of the promise.
  if (auto set = database_.execute("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; "
                                   "PRAGMA trusted_schema=OFF; PRAGMA wal_autocheckpoint=0; "
                                   "PRAGMA cell_size_check=ON; PRAGMA cache_size=-16384");
      !set) {
    return set;
  }
  sqlite3_wal_hook(database_.handle(), &remember_wal_pages, &wal_pages_);
  return relaxed ? database_.execute("PRAGMA synchronous=NORMAL")
                 : database_.execute("PRAGMA synchronous=FULL");
}

tl::expected<RunId, StoreError> WriteSession::begin_run(const RunHead& head) {
  if (run() != 0) {
    return tl::unexpected(
        StoreError{fmt::format("{}: run {} is still open", file_.string(), run())});
  }
  if (head.figures.size() > kMaxFigures) {
    return tl::unexpected(StoreError{fmt::format(
        "{}: evaluator {} has {} figures; the store holds up to {}: let it report fewer",
        file_.string(), head.evaluator, head.figures.size(), kMaxFigures)});
  }
  auto transaction = Transaction::begin(database_);
  if (!transaction) return cannot("begin a run", transaction.error());
  if (auto free = check_origin(head.origin); !free) return tl::unexpected(free.error());
  auto inserted = insert_run(head);
  if (!inserted) return cannot("begin a run", inserted.error());
  const RunId number = *inserted;
  // Locked before anyone can see the run, so that nobody else can take it up.
  auto lock = RunLock::take(file_, number);
  if (!lock) return tl::unexpected(lock.error());
  EQV_FAULT_POINT("store.begin_run.locked");
  // Of a run in a file that had this name and is gone.
  std::error_code none;
  std::filesystem::remove(side_file_of(file_, number, kCrashes), none);
  if (auto committed = transaction->commit("store.begin_run"); !committed) {
    lock->release(true);
    return cannot("begin a run", committed.error());
  }
  lock_ = std::move(*lock);
  lock_.note_commits(1);
  if (auto taken = take_up(number); !taken) return cannot("begin a run", taken.error());
  return number;
}

// Two processes may go on with one group; each of its runs is begun once.
tl::expected<void, StoreError> WriteSession::check_origin(const RunOrigin& origin) {
  if (origin.group == 0) return {};
  auto run = run_at(database_, origin.group, origin.position);
  if (!run) return cannot("begin a run", run.error());
  if (*run == 0) return {};
  return tl::unexpected(
      StoreError{fmt::format("{}: run {} of group {} was begun by another process, as run {}",
                             file_.string(), origin.position + 1, origin.group, *run)});
}

tl::expected<GroupId, StoreError> WriteSession::begin_group(const GroupPlan& plan) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return cannot("begin a group", transaction.error());
  auto number = insert_group(database_, plan);
  if (!number) return cannot("begin a group", number.error());
  if (auto committed = transaction->commit("store.begin_group"); !committed) {
    return cannot("begin a group", committed.error());
  }
  return *number;
}

sql::Result<RunId> WriteSession::insert_run(const RunHead& head) {
  if (auto settled = database_.execute(kSettleIndexes); !settled) {
    return tl::unexpected(settled.error());
  }
  // A number that was given to a run which opened a test split is not given again, even when that
  // run was deleted.
  auto last = database_.integer(
      "SELECT max(coalesce((SELECT max(run) FROM runs), 0), "
      "coalesce((SELECT max(id) >> 40 FROM test_openings), 0))");
  if (!last) return tl::unexpected(last.error());
  const RunId number = *last + 1;
  if (number >= kRunLimit) {
    return tl::unexpected(sql::Failure{SQLITE_TOOBIG, 0, "the store has no run number left"});
  }
  auto statement = database_.prepare(
      "INSERT INTO runs(run, name, seed, evaluator, evaluator_version, representation, "
      "config_as_written, config_resolved, context, engine_version, kernel, created, checksum) "
      "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)");
  if (!statement) return tl::unexpected(statement.error());
  const std::string created = utc_now();
  RowBinder row(*statement, bytes_, Table::kRuns);
  put(row, number, created, head);
  if (auto inserted = row.insert(); !inserted) return tl::unexpected(inserted.error());
  progress_ = ProgressRow{number, RunState{}, created, 1};
  auto progress = database_.prepare(
      "INSERT INTO progress(run, status, stopped_by, told, seconds, heartbeat, commits, "
      "summary_json, checksum) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
  if (!progress) return tl::unexpected(progress.error());
  RowBinder progress_row(*progress, bytes_, Table::kProgress);
  put(progress_row, progress_);
  auto inserted = progress_row.insert();
  if (inserted) inserted = insert_figures(head.figures);
  if (inserted) inserted = insert_origin(database_, {number, head.data, head.origin});
  progress_.run = 0;  // until the transaction is committed
  if (!inserted) return tl::unexpected(inserted.error());
  return number;
}

sql::Result<void> WriteSession::insert_figures(const std::vector<FigureRow>& figures) {
  auto statement = database_.prepare(
      "INSERT INTO figures(id, name, unit, role, minimize, reproducible, checksum) "
      "VALUES(?1,?2,?3,?4,?5,?6,?7)");
  if (!statement) return tl::unexpected(statement.error());
  for (std::size_t position = 0; position < figures.size(); ++position) {
    RowBinder row(*statement, bytes_, Table::kFigures);
    put(row, progress_.run, position, figures[position]);
    if (auto inserted = row.insert(); !inserted) return inserted;
  }
  return {};
}

tl::expected<void, StoreError> WriteSession::resume_run(RunId number) {
  if (run() != 0) {
    return tl::unexpected(
        StoreError{fmt::format("{}: run {} is still open", file_.string(), run())});
  }
  // Twice: so that no side file is made for a run that does not exist, and to see what the last
  // holder left.
  if (auto exists = read_run(number); !exists) return tl::unexpected(exists.error());
  auto lock = RunLock::take(file_, number);
  if (!lock) return tl::unexpected(lock.error());
  auto stored = read_run(number);
  if (!stored) return tl::unexpected(stored.error());
  lock_ = std::move(*lock);
  progress_ = stored->progress;
  compare_with_side_file();
  if (auto taken = resume_locked(); !taken) {
    release();
    return cannot("resume", taken.error());
  }
  return {};
}

sql::Result<void> WriteSession::resume_locked() {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto settled = database_.execute(kSettleIndexes); !settled) return settled;
  if (auto discarded = discard_wishes(); !discarded) return discarded;
  if (auto committed = commit(*transaction, "store.resume"); !committed) return committed;
  return take_up(progress_.run);
}

tl::expected<StoredRun, StoreError> WriteSession::read_run(RunId number) {
  auto runs = read_runs(database_, kSchemaNumber, number, number);
  if (!runs) return cannot("read", runs.error());
  if (runs->empty()) {
    return tl::unexpected(StoreError{
        fmt::format("{}: no run {}: {}", file_.string(), number, what_exists(database_))});
  }
  if (is_being_deleted(runs->front().progress.state))
    return tl::unexpected(half_deleted(file_, number));
  if (!runs->front().intact) {
    return tl::unexpected(
        damaged(file_, fmt::format("run {}: its rows do not match their checksums", number)));
  }
  return std::move(runs->front());
}

void WriteSession::compare_with_side_file() {
  if (lock_.commits_found() <= progress_.commits || !message_) return;
  message_(fmt::format(
      "{}: {} commits were made but the file has {}: its -wal file is missing or older; what was "
      "lost with it is evaluated again",
      file_.string(), lock_.commits_found(), progress_.commits));
}

sql::Result<void> WriteSession::take_up(RunId number) {
  progress_.run = number;
  auto last = last_wish(database_);
  if (!last) return tl::unexpected(last.error());
  last_wish_seen_ = *last;
  return inserter_.start_run(database_, number);
}

// A wish made while nobody carried the run out is over: whoever resumes wants it to go on.
sql::Result<void> WriteSession::discard_wishes() {
  auto wishes = read_wishes(database_, progress_.run, 0);
  if (!wishes) return tl::unexpected(wishes.error());
  for (const Wish& wish : *wishes) {
    if (auto marked = mark_taken(mark_wish_, wish); !marked) return marked;
  }
  return {};
}

tl::expected<void, StoreError> WriteSession::write(std::span<const Record> records,
                                                   const Extras& extras) {
  if (run() == 0) {
    return tl::unexpected(
        StoreError{file_.string() + ": records were given before a run was begun"});
  }
  auto transaction = Transaction::begin(database_);
  if (!transaction) return cannot("write", transaction.error());
  auto written = insert_all(records, extras);
  EQV_FAULT_POINT("store.group.filled");
  if (written) written = commit(*transaction, "store.group");
  if (written) written = checkpoint_if_large();
  if (!written) return cannot("write", written.error());
  return {};
}

sql::Result<void> WriteSession::insert_all(std::span<const Record> records, const Extras& extras) {
  if (auto inserted = inserter_.insert(records); !inserted) return inserted;
  for (const Wish& wish : extras.taken) {
    if (auto marked = mark_taken(mark_wish_, wish); !marked) return marked;
  }
  if (extras.beat) {
    progress_.state.told = extras.beat->told;
    progress_.state.seconds = finite(extras.beat->seconds);
    progress_.heartbeat = utc_now();
  }
  return {};
}

tl::expected<void, StoreError> WriteSession::set_state(const RunState& state) {
  if (run() == 0) return tl::unexpected(StoreError{file_.string() + ": there is no run to update"});
  auto transaction = Transaction::begin(database_);
  if (!transaction) return cannot("write", transaction.error());
  progress_.state = state;
  progress_.state.seconds = finite(state.seconds);
  progress_.heartbeat = utc_now();
  if (auto written = commit(*transaction, "store.state"); !written)
    return cannot("write", written.error());
  return {};
}

tl::expected<void, StoreError> WriteSession::change_configuration(const std::string& resolved) {
  auto stored = read_run(run());
  if (!stored) return tl::unexpected(stored.error());
  stored->head.config_resolved = resolved;
  auto transaction = Transaction::begin(database_);
  if (!transaction) return cannot("write", transaction.error());
  // The row anew, as its checksum covers all of it; what refers to it keeps referring to its
  // number.
  auto statement = database_.prepare(
      "UPDATE runs SET name = ?2, seed = ?3, evaluator = ?4, evaluator_version = ?5, "
      "representation = ?6, config_as_written = ?7, config_resolved = ?8, context = ?9, "
      "engine_version = ?10, kernel = ?11, created = ?12, checksum = ?13 WHERE run = ?1");
  if (!statement) return cannot("write", statement.error());
  RowBinder row(*statement, bytes_, Table::kRuns);
  put(row, run(), stored->created, stored->head);
  auto written = row.insert();
  if (written) written = commit(*transaction, "store.configuration");
  if (!written) return cannot("write", written.error());
  return {};
}

sql::Result<void> WriteSession::write_progress() {
  RowBinder row(update_progress_, bytes_, Table::kProgress);
  put(row, progress_);
  return row.insert();
}

sql::Result<void> WriteSession::commit(Transaction& transaction, CommitName name) {
  ++progress_.commits;
  if (auto written = write_progress(); !written) return written;
  if (auto committed = transaction.commit(name); !committed) return committed;
  lock_.note_commits(progress_.commits);
  EQV_FAULT_POINT("store.side_file.after");
  return {};
}

tl::expected<void, StoreError> WriteSession::finish_run() {
  if (run() == 0) return {};
  const bool finished = progress_.state.status == RunStatus::kFinished;
  const auto done = checkpoint_all();
  EQV_FAULT_POINT("store.finish.before_release");
  lock_.release(finished && done.has_value());
  EQV_FAULT_POINT("store.finish.after_release");
  progress_ = ProgressRow{};
  if (!done) return cannot("finish the run", done.error());
  return {};
}

sql::Result<void> WriteSession::checkpoint_if_large() {
  if (wal_pages_ < kCheckpointPages) {
    wal_pages_tried_ = 0;
    return {};
  }
  // While a reader keeps the -wal from starting over, trying at each commit would only cost syncs.
  if (wal_pages_tried_ != 0 && wal_pages_ < wal_pages_tried_ + kCheckpointPages / 4) return {};
  wal_pages_tried_ = wal_pages_;
  EQV_FAULT_POINT("store.checkpoint.before");
  if (auto done = database_.checkpoint(false); !done) return done;
  EQV_FAULT_POINT("store.checkpoint.after");
  return {};
}

sql::Result<void> WriteSession::checkpoint_all() {
  // Readers are out of the way within 200 ms; if not, the -wal stays and loses nothing.
  database_.set_busy_timeout(400);
  EQV_FAULT_POINT("store.checkpoint.before");
  auto done = database_.checkpoint(true);
  EQV_FAULT_POINT("store.checkpoint.after");
  busy_wait_.install(database_);
  return done;
}

void WriteSession::release() {
  lock_.release(false);
  progress_ = ProgressRow{};
}

tl::unexpected<StoreError> WriteSession::cannot(std::string_view doing,
                                                const sql::Failure& failure) const {
  return tl::unexpected(describe(file_, doing, failure));
}

}  // namespace equivolve::engine::store
