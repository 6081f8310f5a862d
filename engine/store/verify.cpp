#include "engine/store/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "engine/store/errors.hpp"
#include "engine/store/migrations/values_of_1.hpp"
#include "engine/store/run_digests.hpp"
#include "engine/store/run_lock.hpp"
#include "engine/store/runs.hpp"
#include "engine/store/scan.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/statements.hpp"
#include "hashing/digest.hpp"

namespace equivolve::engine::store {
namespace {

constexpr std::size_t kMostProblems = 100;

class Verification {
 public:
  Verification(const std::filesystem::path& file, const sql::Database& database,
               std::int64_t schema_number)
      : file_(file), database_(database), schema_number_(schema_number) {}

  VerifyReport verify(std::optional<RunId> only) {
    // Read first: the side files may lag behind the database, never lead.
    for (RunId run : run_numbers(only)) side_commits_.emplace_back(run, side_commits(run));
    pragma("PRAGMA integrity_check", "integrity");
    foreign_keys();
    schema();
    control();
    // Tables that belong to no run are looked at with the first; rows of runs that do not exist,
    // only when all are asked for.
    const std::int64_t low = only ? first_id(*only) : std::numeric_limits<std::int64_t>::min();
    const std::int64_t high = only ? last_id(*only) : std::numeric_limits<std::int64_t>::max();
    check_rows<GenomeRow>(kReadGenomes, "genomes", low, high);
    check_rows<ClassRow>(kReadClasses, "classes", low, high);
    if (schema_number_ >= 2)
      check_rows<IntermediateRow>(kReadIntermediates, "intermediate_values", low, high);
    else
      check_rows<ValueOf1>(kReadValuesOf1, "intermediate_values", low, high);
    check_rows<StoredEvent>(kReadEvents, "events", low, high);
    check_rows<ArtefactRow>(kReadArtefacts, "artefacts", low, high);
    check_rows<FigureRow>(kReadFigures, "figures", low, high);
    check_trials(low, high);
    check_runs(only);
    if (schema_number_ >= 2) check_groups(only);
    references(low, high);
    if (skipped_ > 0) report_.problems.push_back(fmt::format("... and {} more", skipped_));
    return std::move(report_);
  }

 private:
  void problem(std::string line) {
    if (report_.problems.size() < kMostProblems) {
      report_.problems.push_back(std::move(line));
    } else {
      ++skipped_;
    }
  }

  void check(const char* what, const sql::Result<void>& result) {
    if (!result) problem(fmt::format("{}: cannot be read: {}", what, result.error().text));
  }

  std::vector<RunId> run_numbers(std::optional<RunId> only) {
    if (only) return {*only};
    std::vector<RunId> numbers;
    auto statement = database_.prepare("SELECT run FROM runs");
    if (!statement) return numbers;
    for (auto row = statement->step(); row && *row; row = statement->step()) {
      numbers.push_back(statement->integer(0));
    }
    return numbers;
  }

  std::uint64_t side_commits(RunId run) {
    const auto holder = read_side_file(file_, run);
    return holder ? holder->commits : 0;
  }

  void pragma(sql::Sql query, const char* what) {
    auto statement = database_.prepare(query);
    if (!statement) return check(what, tl::unexpected(statement.error()));
    for (;;) {
      auto row = statement->step();
      if (!row) return check(what, tl::unexpected(row.error()));
      if (!*row) return;
      if (statement->text_view(0) != "ok") {
        problem(fmt::format("{}: {}", what, statement->text_view(0)));
      }
    }
  }

  void foreign_keys() {
    auto statement = database_.prepare("PRAGMA foreign_key_check");
    if (!statement) return check("foreign keys", tl::unexpected(statement.error()));
    for (;;) {
      auto row = statement->step();
      if (!row) return check("foreign keys", tl::unexpected(row.error()));
      if (!*row) return;
      problem(fmt::format("{}: row {} belongs to no run", statement->text_view(0),
                          statement->integer(1)));
    }
  }

  void schema() {
    auto problems = schema_problems(database_, schema_number_);
    if (!problems) return check("schema", tl::unexpected(problems.error()));
    for (std::string& line : *problems) problem(std::move(line));
  }

  void row_checked(bool intact, const char* table, std::int64_t id) {
    ++report_.rows;
    if (!intact) {
      problem(fmt::format("{}: row {} (run {}, number {}) does not match its checksum", table, id,
                          run_of(id), number_of(id)));
    }
  }

  template <class Row>
  void check_rows(sql::Sql query, const char* table, std::int64_t low, std::int64_t high) {
    Row row;
    check(table, scan(database_, query, low, high,
                      [&](const sql::Statement& statement) -> sql::Result<void> {
                        RowReader reader(statement, bytes_, kTableOf<Row>);
                        row_checked(get(reader, row), table, statement.integer(0));
                        return {};
                      }));
  }

  void check_trials(std::int64_t low, std::int64_t high) {
    // By a 64-bit checksum of what must be unique: a vector of ten million is 80 MB, the keys
    // themselves would be 400.
    std::vector<std::uint64_t> keys;
    TrialRow trial;
    check("trials", scan(database_, kReadTrials, low, high,
                         [&](const sql::Statement& statement) -> sql::Result<void> {
                           RowReader reader(statement, bytes_, Table::kTrials);
                           const std::int64_t id = statement.integer(0);
                           row_checked(get(reader, trial), "trials", id);
                           keys.push_back(trial_key(run_of(id), trial));
                           return {};
                         }));
    std::ranges::sort(keys);
    const auto again = keys.end() - std::unique(keys.begin(), keys.end());
    if (again > 0) {
      problem(fmt::format(
          "trials: {} have the same kind, subject, level, split and repeat as another", again));
    }
  }

  static std::uint64_t trial_key(RunId run, const TrialRow& trial) {
    const std::uint64_t words[] = {static_cast<std::uint64_t>(run),
                                   static_cast<std::uint64_t>(trial.kind),
                                   trial.subject,
                                   trial.level,
                                   trial.split,
                                   trial.repeat};
    return hashing::checksum64(std::as_bytes(std::span(words)));
  }

  void control() {
    check(
        "control",
        scan(database_,
             "SELECT id, run, time, wish, taken, checksum FROM control WHERE id >= ?1 AND id <= ?2 "
             "ORDER BY id LIMIT ?3",
             std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
             [&](const sql::Statement& statement) -> sql::Result<void> {
               RowReader reader(statement, bytes_, Table::kControl);
               reader.integer();
               reader.integer();
               reader.text();
               reader.text();
               reader.integer();
               ++report_.rows;
               if (!reader.intact()) {
                 problem(fmt::format("control: row {} does not match its checksum",
                                     statement.integer(0)));
               }
               return {};
             }));
  }

  void check_runs(std::optional<RunId> only) {
    const RunId low = only ? *only : std::numeric_limits<RunId>::min();
    const RunId high = only ? *only : std::numeric_limits<RunId>::max();
    auto runs = read_runs(database_, schema_number_, low, high);
    if (!runs) return check("runs", tl::unexpected(runs.error()));
    if (only && runs->empty()) problem(fmt::format("runs: there is no run {}", *only));
    if (!only) outcomes_of_nobody(*runs);
    for (const StoredRun& run : *runs) {
      report_.rows += 2;
      if (!run.intact) {
        problem(fmt::format("run {}: its row, progress or figures do not match their checksums",
                            run.run));
      }
      check_outcomes(run);
      if (is_being_deleted(run.progress.state)) report_.runs.pop_back();
      compare_side_file(run);
    }
  }

  // An opening stays when its run is deleted, so those of all runs count.
  void check_groups(std::optional<RunId> only) {
    const RunId low = only ? *only : std::numeric_limits<RunId>::min();
    const RunId high = only ? *only : std::numeric_limits<RunId>::max();
    check_rows<StoredOpening>(kReadOpenings, "test_openings",
                              only ? first_id(*only) : std::numeric_limits<std::int64_t>::min(),
                              only ? last_id(*only) : std::numeric_limits<std::int64_t>::max());
    check_rows<OriginRow>(kReadOrigins, "origins", low, high);
    if (only) return;
    check_rows<GroupRow>(kReadGroups, "groups", low, high);
    check_rows<PlannedRun>(kReadPlannedRuns, "planned_runs", low, high);
    count(
        "SELECT count(*) FROM groups g WHERE g.number >= ?1 AND g.number <= ?2 AND g.runs <> "
        "(SELECT count(*) FROM planned_runs p WHERE p.id >= g.number << 40 AND p.id < (g.number + "
        "1) << 40)",
        "groups without all of their planned runs", low, high);
    count(
        "SELECT count(*) FROM origins o WHERE o.run >= ?1 AND o.run <= ?2 AND o.group_number IS "
        "NOT NULL AND NOT EXISTS (SELECT 1 FROM planned_runs p WHERE p.id = (o.group_number << 40) "
        "+ o.position)",
        "runs of a group that are not in its plan", low, high);
  }

  // Rows of runs that exist are checked with their run; the others here.
  void outcomes_of_nobody(const std::vector<StoredRun>& runs) {
    auto statement = database_.prepare(
        "SELECT count(*) FROM outcomes WHERE id >> 40 NOT IN (SELECT run FROM runs)");
    if (!statement) return check("outcomes", tl::unexpected(statement.error()));
    auto row = statement->step();
    if (!row) return check("outcomes", tl::unexpected(row.error()));
    if (*row && statement->integer(0) != 0) {
      problem(fmt::format("outcomes: {} rows belong to none of the {} runs", statement->integer(0),
                          runs.size()));
    }
  }

  void check_outcomes(const StoredRun& run) {
    report_.runs.push_back({run.run, run.head.name, 0, {}, {}});
    RunDigests digests;
    OutcomeRow outcome;
    std::uint64_t next = 0;
    check("outcomes", scan(database_, kReadOutcomes, first_id(run.run), last_id(run.run),
                           [&](const sql::Statement& statement) -> sql::Result<void> {
                             RowReader reader(statement, bytes_, Table::kOutcomes);
                             row_checked(get(reader, outcome), "outcomes", statement.integer(0));
                             if (outcome.ticket != next) {
                               problem(fmt::format("run {}: ticket {} is missing", run.run, next));
                             }
                             next = outcome.ticket + 1;
                             digests.add(outcome);
                             return {};
                           }));
    if (next == 0) return;
    VerifiedRun& verified = report_.runs.back();
    verified.outcomes = next;
    verified.result_digest = digests.result_digest();
    verified.trajectory_digest = digests.trajectory_digest();
    if (run.progress.state.status == RunStatus::kFinished) compare_digests(run);
  }

  void compare_digests(const StoredRun& run) {
    const auto summary = nlohmann::json::parse(run.progress.state.summary_json, nullptr, false);
    if (!summary.is_object()) {
      return problem(fmt::format("run {}: its summary cannot be read", run.run));
    }
    const std::pair<const char*, const std::string*> digests[] = {
        {"result_digest", &report_.runs.back().result_digest},
        {"trajectory_digest", &report_.runs.back().trajectory_digest}};
    for (const auto& [name, recomputed] : digests) {
      const auto stored = summary.find(name);
      if (stored == summary.end() || !stored->is_string()) {
        problem(fmt::format("run {}: its summary has no {}", run.run, name));
      } else if (stored->get<std::string>() != *recomputed) {
        problem(fmt::format("run {}: {} is {} in the summary, {} from the rows", run.run, name,
                            stored->get<std::string>(), *recomputed));
      }
    }
  }

  void compare_side_file(const StoredRun& run) {
    const auto side =
        std::ranges::find(side_commits_, run.run, &std::pair<RunId, std::uint64_t>::first);
    if (side == side_commits_.end() || side->second <= run.progress.commits) return;
    problem(fmt::format(
        "run {}: {} commits were made but the file has {}: its -wal file is missing or older",
        run.run, side->second, run.progress.commits));
  }

  void count(sql::Sql query, const char* what, std::int64_t low, std::int64_t high) {
    auto statement = database_.prepare(query);
    if (!statement) return check(what, tl::unexpected(statement.error()));
    statement->bind(1, low);
    statement->bind(2, high);
    auto row = statement->step();
    if (!row) return check(what, tl::unexpected(row.error()));
    if (*row && statement->integer(0) > 0) {
      problem(fmt::format("{}: {} rows", what, statement->integer(0)));
    }
  }

  void references(std::int64_t low, std::int64_t high) {
    count(
        "SELECT count(*) FROM outcomes o WHERE o.id >= ?1 AND o.id <= ?2 AND NOT EXISTS "
        "(SELECT 1 FROM genomes g WHERE g.id = o.id - o.birth_lag)",
        "outcomes without a genome", low, high);
    count(
        "SELECT count(*) FROM outcomes o WHERE o.id >= ?1 AND o.id <= ?2 AND o.class IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM classes c WHERE c.id = (o.id >> 40 << 40) + o.class)",
        "outcomes without their class", low, high);
    if (schema_number_ >= 2) {
      count(
          "SELECT count(*) FROM intermediate_values v WHERE v.id >= ?1 AND v.id <= ?2 AND NOT "
          "EXISTS (SELECT 1 FROM trials t WHERE t.id = v.trial)",
          "intermediate values without their trial", low, high);
    }
    count(
        "SELECT count(*) FROM genomes g WHERE g.id >= ?1 AND g.id <= ?2 AND "
        "((g.parent_lag IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM genomes p WHERE p.id = g.id - g.parent_lag)) OR "
        "(g.second_parent_lag IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM genomes p WHERE p.id = g.id - g.second_parent_lag)))",
        "genomes without a parent", low, high);
  }

  const std::filesystem::path& file_;
  const sql::Database& database_;
  const std::int64_t schema_number_;
  RowBytes bytes_;
  std::vector<std::pair<RunId, std::uint64_t>> side_commits_;
  std::size_t skipped_ = 0;
  VerifyReport report_;
};

}  // namespace

VerifyReport verify_store(const std::filesystem::path& file, const sql::Database& database,
                          std::int64_t schema, std::optional<RunId> run) {
  return Verification(file, database, schema).verify(run);
}

}  // namespace equivolve::engine::store
