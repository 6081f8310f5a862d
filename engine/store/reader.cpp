#include "engine/store/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <deque>
#include <iterator>
#include <limits>

#include "engine/store/candidates.hpp"
#include "engine/store/counts.hpp"
#include "engine/store/errors.hpp"
#include "engine/store/file_check.hpp"
#include "engine/store/groups.hpp"
#include "engine/store/run_lock.hpp"
#include "engine/store/runs.hpp"
#include "engine/store/scan.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/sql.hpp"
#include "engine/store/statements.hpp"
#include "engine/store/test_openings.hpp"
#include "engine/store/transaction.hpp"
#include "engine/store/verify.hpp"
#include "engine/store/wishes.hpp"

namespace equivolve::engine {

using store::first_id;
using store::last_id;

struct StoreReader::State {
  std::filesystem::path file;
  sql::Database database;
  std::int64_t schema = store::kSchemaNumber;

  tl::unexpected<StoreError> cannot_read(const sql::Failure& failure) const {
    return tl::unexpected(store::describe(file, "read", failure));
  }

  /// All rows of one table of a run. A row whose content is not what was written is an error:
  /// nobody should go on from it.
  template <class Row, class Use>
  tl::expected<void, StoreError> rows(sql::Sql query, const char* table, std::int64_t low,
                                      std::int64_t high, Use use) const;
  /// At most `most` of them, in one read transaction.
  template <class Row>
  tl::expected<std::vector<Row>, StoreError> some_rows(sql::Sql query, const char* table, RunId run,
                                                       std::uint64_t first, std::size_t most) const;
  tl::unexpected<StoreError> mismatch(const char* table, std::int64_t id) const {
    return tl::unexpected(
        store::damaged(file, fmt::format("{}: number {} of run {} does not match its checksum",
                                         table, store::number_of(id), store::run_of(id))));
  }
  RunInfo info(store::StoredRun run) const;
  tl::expected<RunInfo, StoreError> info_of(std::optional<RunId> number,
                                            const std::string& asked) const;
};

template <class Row, class Use>
tl::expected<void, StoreError> StoreReader::State::rows(sql::Sql query, const char* table,
                                                        std::int64_t low, std::int64_t high,
                                                        Use use) const {
  store::RowBytes bytes;
  std::optional<std::int64_t> broken;
  auto scanned = store::scan(database, query, low, high,
                             [&](const sql::Statement& statement) -> sql::Result<void> {
                               Row row;
                               store::RowReader reader(statement, bytes, store::kTableOf<Row>);
                               if (!get(reader, row) && !broken) broken = statement.integer(0);
                               use(std::move(row));
                               return {};
                             });
  if (!scanned) return cannot_read(scanned.error());
  if (broken) return mismatch(table, *broken);
  return {};
}

template <class Row>
tl::expected<std::vector<Row>, StoreError> StoreReader::State::some_rows(
    sql::Sql query, const char* table, RunId run, std::uint64_t first, std::size_t most) const {
  std::vector<Row> found;
  if (first >= store::kNumberLimit) return found;
  auto statement = database.prepare(query);
  if (!statement) return cannot_read(statement.error());
  statement->bind(1, store::row_id(run, first));
  statement->bind(2, last_id(run));
  statement->bind(3, static_cast<std::int64_t>(most));
  store::RowBytes bytes;
  for (;;) {
    auto row = statement->step();
    if (!row) return cannot_read(row.error());
    if (!*row) return found;
    store::RowReader reader(*statement, bytes, store::kTableOf<Row>);
    if (!get(reader, found.emplace_back())) return mismatch(table, statement->integer(0));
  }
}

RunInfo StoreReader::State::info(store::StoredRun run) const {
  RunInfo info;
  info.id = run.run;
  info.head = std::move(run.head);
  info.state = std::move(run.progress.state);
  info.created = std::move(run.created);
  info.heartbeat = std::move(run.progress.heartbeat);
  info.locked = store::is_held(file, info.id);
  const bool running =
      info.state.status == RunStatus::kRunning || info.state.status == RunStatus::kPaused;
  if (auto told = store::count_told(database, info.id); running && told) info.state.told = *told;
  return info;
}

tl::expected<RunInfo, StoreError> StoreReader::State::info_of(std::optional<RunId> number,
                                                              const std::string& asked) const {
  if (number) {
    auto runs = store::read_runs(database, schema, *number, *number);
    if (!runs) return cannot_read(runs.error());
    if (!runs->empty() && !runs->front().intact) {
      return tl::unexpected(store::damaged(
          file, fmt::format("run {}: its rows do not match their checksums", *number)));
    }
    if (!runs->empty() && store::is_being_deleted(runs->front().progress.state))
      return tl::unexpected(store::half_deleted(file, *number));
    if (!runs->empty()) return info(std::move(runs->front()));
  }
  return tl::unexpected(StoreError{
      fmt::format("{}: no run \"{}\": {}", file.string(), asked, store::what_exists(database))});
}

namespace {

// A file that nobody can be writing, and that cannot be opened in the ordinary way as that needs a
// -shm file beside it.
bool may_open_immutable(const std::filesystem::path& file) {
  auto wal = file;
  wal += "-wal";
  std::error_code error;
  const auto size = std::filesystem::file_size(wal, error);
  return error || size == 0;
}

sql::Result<sql::Database> open_for_reading(const std::filesystem::path& file,
                                            std::chrono::milliseconds patience) {
  auto database = sql::Database::open(file, sql::Access::kReadOnly);
  sql::Failure failure;
  if (database) {
    database->set_busy_timeout(static_cast<int>(patience.count()));
    auto read = database->integer("SELECT count(*) FROM sqlite_schema");
    if (read) return database;
    failure = read.error();
  } else {
    failure = database.error();
  }
  // A file that somebody keeps to himself is being written, whatever lies beside it.
  if (failure.is_busy() || !may_open_immutable(file)) return tl::unexpected(failure);
  auto immutable = sql::Database::open(file, sql::Access::kImmutable);
  if (!immutable) return tl::unexpected(failure);
  if (auto read = immutable->integer("SELECT count(*) FROM sqlite_schema"); !read) {
    return tl::unexpected(read.error());
  }
  return immutable;
}

}  // namespace

StoreReader::StoreReader() : state_(std::make_unique<State>()) {}
StoreReader::~StoreReader() = default;

tl::expected<std::unique_ptr<StoreReader>, StoreError> StoreReader::open(
    const std::filesystem::path& file, std::chrono::milliseconds patience) {
  auto exists = store::check_file(file);
  if (!exists) return tl::unexpected(exists.error());
  if (!*exists) {
    return tl::unexpected(
        StoreError{fmt::format("{}: no such file; `equivolve run FILE.yaml --store {}` makes it",
                               file.string(), file.string())});
  }
  auto database = open_for_reading(file, patience);
  if (!database) return tl::unexpected(store::describe(file, "read", database.error()));
  auto schema = store::check_database(file, *database);
  if (!schema) return tl::unexpected(schema.error());
  std::unique_ptr<StoreReader> reader(new StoreReader);
  reader->state_->file = file;
  reader->state_->database = std::move(*database);
  reader->state_->schema = *schema;
  return reader;
}

tl::expected<std::vector<RunInfo>, StoreError> StoreReader::runs() const {
  auto stored = store::read_runs(state_->database, state_->schema, 0, store::kRunLimit);
  if (!stored) return state_->cannot_read(stored.error());
  std::vector<RunInfo> runs;
  for (store::StoredRun& run : *stored) {
    if (!store::is_being_deleted(run.progress.state)) runs.push_back(state_->info(std::move(run)));
  }
  return runs;
}

tl::expected<std::vector<RunInfo>, StoreError> StoreReader::half_deleted_runs() const {
  auto stored = store::read_runs(state_->database, state_->schema, 0, store::kRunLimit);
  if (!stored) return state_->cannot_read(stored.error());
  std::vector<RunInfo> runs;
  for (store::StoredRun& run : *stored) {
    if (store::is_being_deleted(run.progress.state)) runs.push_back(state_->info(std::move(run)));
  }
  return runs;
}

tl::expected<RunInfo, StoreError> StoreReader::find_run(const std::string& run) const {
  if (run == "latest") {
    auto latest = store::latest_run(state_->database);
    if (!latest) return state_->cannot_read(latest.error());
    return state_->info_of(*latest, run);
  }
  // A run may be named "7"; the run with that number goes first.
  RunId number = 0;
  const auto [rest, code] = std::from_chars(run.data(), run.data() + run.size(), number);
  const bool is_number = code == std::errc{} && rest == run.data() + run.size();
  auto named = store::latest_named(state_->database, run);
  if (!named) return state_->cannot_read(named.error());
  if (is_number) {
    auto found = state_->info_of(number, run);
    if (found || !*named) return found;
  }
  return state_->info_of(*named, run);
}

namespace {

GroupInfo info_of(store::StoredGroup group) {
  return GroupInfo{group.row.number,
                   std::move(group.row.name),
                   std::move(group.row.config_as_written),
                   std::move(group.row.created),
                   group.row.runs,
                   std::move(group.begun)};
}

// "g12" is 12; 0 for all else.
GroupId group_number(const std::string& text) {
  GroupId number = 0;
  if (!text.starts_with('g')) return 0;
  const char* end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(text.data() + 1, end, number);
  return code == std::errc{} && rest == end && number > 0 ? number : 0;
}

}  // namespace

tl::expected<std::vector<GroupInfo>, StoreError> StoreReader::groups() const {
  std::vector<GroupInfo> groups;
  if (state_->schema < 2) return groups;
  auto stored = store::read_groups(state_->database, 1, std::numeric_limits<GroupId>::max());
  if (!stored) return state_->cannot_read(stored.error());
  for (store::StoredGroup& group : *stored) groups.push_back(info_of(std::move(group)));
  return groups;
}

tl::expected<GroupInfo, StoreError> StoreReader::find_group(const std::string& group) const {
  if (state_->schema >= 2) {
    GroupId number = group_number(group);
    auto stored = store::read_groups(state_->database, number, number);
    if (stored && stored->empty()) {
      auto named = store::latest_group_named(state_->database, group);
      if (!named) return state_->cannot_read(named.error());
      stored = store::read_groups(state_->database, *named, *named);
    }
    if (!stored) return state_->cannot_read(stored.error());
    if (!stored->empty() && !stored->front().intact) {
      return tl::unexpected(
          store::damaged(state_->file, fmt::format("group {}: its row does not match its checksum",
                                                   stored->front().row.number)));
    }
    if (!stored->empty()) return info_of(std::move(stored->front()));
  }
  return tl::unexpected(StoreError{fmt::format(
      "{}: no group \"{}\"; `equivolve list` shows what is there", state_->file.string(), group)});
}

tl::expected<std::vector<PlannedRun>, StoreError> StoreReader::plan(GroupId group) const {
  std::vector<PlannedRun> planned;
  auto read = state_->rows<PlannedRun>(store::kReadPlannedRuns, "planned_runs", first_id(group),
                                       last_id(group),
                                       [&](PlannedRun row) { planned.push_back(std::move(row)); });
  if (!read) return tl::unexpected(read.error());
  return planned;
}

tl::expected<std::optional<std::uint64_t>, StoreError> StoreReader::test_openings(
    const TestOpeningRow& opening) const {
  if (state_->schema < 2) return std::nullopt;
  auto count = store::count_openings(state_->database, opening);
  if (!count) return state_->cannot_read(count.error());
  return *count;
}

namespace {
bool minimizes_first_told(const RunInfo& run) {
  const auto told = std::ranges::find_if(
      run.head.figures, [](const FigureRow& figure) { return figure.role < kMetricRole; });
  return told != run.head.figures.end() && told->minimize;
}
}  // namespace

tl::expected<RunCounts, StoreError> StoreReader::counts(const RunInfo& run,
                                                        RunCounts before) const {
  auto counts =
      store::count_run(state_->database, run.id, minimizes_first_told(run), std::move(before));
  if (!counts) return state_->cannot_read(counts.error());
  return std::move(*counts);
}

tl::expected<std::optional<OutcomeRow>, StoreError> StoreReader::best_between(
    const RunInfo& run, std::uint64_t first, std::uint64_t last) const {
  auto best = store::best_outcome(state_->database, run.id, minimizes_first_told(run), first, last);
  if (!best) return state_->cannot_read(best.error());
  return std::move(*best);
}

tl::expected<std::int64_t, StoreError> StoreReader::data_version() const {
  auto version = state_->database.integer("PRAGMA data_version");
  if (!version) return state_->cannot_read(version.error());
  return *version;
}

tl::expected<std::vector<OutcomeRow>, StoreError> StoreReader::outcomes(RunId run,
                                                                        std::uint64_t first,
                                                                        std::size_t most) const {
  return state_->some_rows<OutcomeRow>(store::kReadOutcomes, "outcomes", run, first, most);
}

tl::expected<std::vector<TrialRow>, StoreError> StoreReader::trials(RunId run, std::uint64_t first,
                                                                    std::size_t most) const {
  return state_->some_rows<TrialRow>(store::kReadTrials, "trials", run, first, most);
}

tl::expected<std::vector<TrialRow>, StoreError> StoreReader::failed_trials(RunId run,
                                                                           std::size_t most) const {
  static_assert(static_cast<int>(Status::kFailed) == 3, "as in the statement");
  constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
  auto found = state_->some_rows<TrialRow>(store::kReadFailedTrials, "trials", run, 0,
                                           std::min(most, kMost));
  if (found) std::ranges::reverse(*found);
  return found;
}

tl::expected<std::optional<ClassRow>, StoreError> StoreReader::class_row(RunId run,
                                                                         std::uint64_t cls) const {
  auto found = state_->some_rows<ClassRow>(store::kReadClasses, "classes", run, cls, 1);
  if (!found) return tl::unexpected(found.error());
  if (found->empty() || found->front().cls != cls) return std::nullopt;
  return found->front();
}

tl::expected<ReplayData, StoreError> StoreReader::replay(RunId run) const {
  ReplayData data;
  const std::int64_t low = first_id(run), high = last_id(run);
  auto read = state_->rows<ClassRow>(store::kReadClasses, "classes", low, high,
                                     [&](ClassRow row) { data.classes.push_back(std::move(row)); });
  if (read) {
    read =
        state_->rows<OutcomeRow>(store::kReadOutcomes, "outcomes", low, high,
                                 [&](OutcomeRow row) { data.outcomes.push_back(std::move(row)); });
  }
  if (read) {
    read = state_->rows<TrialRow>(store::kReadTrials, "trials", low, high,
                                  [&](TrialRow row) { data.trials.push_back(std::move(row)); });
  }
  if (!read) return tl::unexpected(read.error());
  for (std::size_t ticket = 0; ticket < data.outcomes.size(); ++ticket) {
    if (data.outcomes[ticket].ticket == ticket) continue;
    return tl::unexpected(
        store::damaged(state_->file, fmt::format("run {}: ticket {} is missing", run, ticket)));
  }
  return data;
}

tl::expected<std::vector<hashing::Digest>, StoreError> StoreReader::class_digests(RunId run) const {
  std::vector<hashing::Digest> digests;
  auto read = state_->rows<ClassRow>(store::kReadClasses, "classes", first_id(run), last_id(run),
                                     [&](ClassRow row) {
                                       digests.resize(std::max(digests.size(), row.cls + 1));
                                       digests[row.cls] = row.digest;
                                     });
  if (!read) return tl::unexpected(read.error());
  return digests;
}

tl::expected<std::vector<TrialRow>, StoreError> StoreReader::final_trials(RunId run) const {
  std::vector<TrialRow> trials;
  auto read = state_->rows<TrialRow>(
      store::kReadTrials, "trials", first_id(run), last_id(run), [&](TrialRow row) {
        const bool is_final = row.kind == TrialKind::kFinal || row.kind == TrialKind::kReference;
        if (is_final) trials.push_back(std::move(row));
      });
  if (!read) return tl::unexpected(read.error());
  return trials;
}

tl::expected<GenomeRow, StoreError> StoreReader::genome(RunId run, std::uint64_t birth) const {
  std::optional<GenomeRow> found;
  if (birth < store::kNumberLimit) {
    const std::int64_t id = store::row_id(run, birth);
    auto read = state_->rows<GenomeRow>(store::kReadGenomes, "genomes", id, id,
                                        [&](GenomeRow row) { found = std::move(row); });
    if (!read) return tl::unexpected(read.error());
  }
  if (found) return std::move(*found);
  return tl::unexpected(StoreError{
      fmt::format("{}: run {} has no candidate with birth {}", state_->file.string(), run, birth)});
}

tl::expected<std::vector<ArtefactRow>, StoreError> StoreReader::artefacts(RunId run) const {
  std::vector<ArtefactRow> artefacts;
  auto read = state_->rows<ArtefactRow>(store::kReadArtefacts, "artefacts", first_id(run),
                                        last_id(run), [&](ArtefactRow row) {
                                          if (row.media_type != kLogMediaType)
                                            artefacts.push_back(std::move(row));
                                        });
  if (!read) return tl::unexpected(read.error());
  return artefacts;
}

tl::expected<std::vector<TrialLog>, StoreError> StoreReader::trial_logs(RunId run,
                                                                        std::size_t most) const {
  std::deque<TrialLog> logs;
  auto read = state_->rows<ArtefactRow>(
      store::kReadArtefacts, "artefacts", first_id(run), last_id(run), [&](ArtefactRow row) {
        unsigned long long trial = 0;
        if (row.media_type != kLogMediaType ||
            std::sscanf(row.name.c_str(), "trial-%llu", &trial) != 1)
          return;
        if (logs.size() == most) logs.pop_front();
        logs.push_back({trial, std::move(row.content)});
      });
  if (!read) return tl::unexpected(read.error());
  return std::vector<TrialLog>(std::make_move_iterator(logs.begin()),
                               std::make_move_iterator(logs.end()));
}

tl::expected<std::vector<EventRow>, StoreError> StoreReader::events(RunId run) const {
  std::vector<EventRow> events;
  auto read = state_->rows<store::StoredEvent>(
      store::kReadEvents, "events", first_id(run), last_id(run),
      [&](store::StoredEvent row) { events.push_back(std::move(row.event)); });
  if (!read) return tl::unexpected(read.error());
  return events;
}

tl::expected<std::vector<IntermediateRow>, StoreError> StoreReader::intermediate_values(
    RunId run) const {
  std::vector<IntermediateRow> values;
  if (state_->schema < 2) return values;
  auto read = state_->rows<IntermediateRow>(
      store::kReadIntermediates, "intermediate_values", first_id(run), last_id(run),
      [&](IntermediateRow row) { values.push_back(std::move(row)); });
  if (!read) return tl::unexpected(read.error());
  return values;
}

tl::expected<void, StoreError> StoreReader::each_candidate(
    RunId run,
    const std::function<void(const OutcomeRow&, const GenomeRow&, const TrialRow*)>& visit) const {
  return store::each_candidate(state_->file, state_->database, run, store::Genomes::kRead, visit);
}

tl::expected<void, StoreError> StoreReader::each_outcome(
    RunId run, const std::function<void(const OutcomeRow&, const TrialRow*)>& visit) const {
  return store::each_candidate(state_->file, state_->database, run, store::Genomes::kSkip,
                               [&visit](const OutcomeRow& outcome, const GenomeRow&,
                                        const TrialRow* trial) { visit(outcome, trial); });
}

tl::expected<VerifyReport, StoreError> StoreReader::verify(std::optional<RunId> run) const {
  return store::verify_store(state_->file, state_->database, state_->schema, run);
}

tl::expected<void, StoreError> StoreReader::request(RunId run, const std::string& wish) const {
  static constexpr std::array<std::string_view, 3> kWishes = {"pause", "stop", "continue"};
  if (std::ranges::find(kWishes, wish) == kWishes.end()) {
    return tl::unexpected(StoreError{
        fmt::format("\"{}\" cannot be asked of a run; pause, stop and continue can", wish)});
  }
  if (auto found = state_->info_of(run, std::to_string(run)); !found) {
    return tl::unexpected(found.error());
  }
  const auto cannot = [this](const sql::Failure& failure) {
    return tl::unexpected(store::describe(state_->file, "write", failure));
  };
  auto database = sql::Database::open(state_->file, sql::Access::kReadWrite);
  if (!database) return cannot(database.error());
  database->set_busy_timeout(10'000);
  database->no_checkpoint_on_close();
  if (auto set = database->execute("PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0"); !set) {
    return cannot(set.error());
  }
  auto transaction = store::Transaction::begin(*database);
  if (!transaction) return cannot(transaction.error());
  if (auto inserted = store::insert_wish(*database, run, wish); !inserted) {
    return cannot(inserted.error());
  }
  if (auto committed = transaction->commit("store.wish"); !committed)
    return cannot(committed.error());
  return {};
}

std::string objective_of(const RunHead& head) {
  for (const FigureRow& figure : head.figures)
    if (figure.role == kObjectiveRole) return figure.name;
  return "";
}

}  // namespace equivolve::engine
