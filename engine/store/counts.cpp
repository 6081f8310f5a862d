#include "engine/store/counts.hpp"

#include <algorithm>

#include "engine/store/ids.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {
namespace {

constexpr std::int64_t kIdsPerPiece = std::int64_t{1} << 17;  // about ten milliseconds

inline constexpr char kLastOutcome[] = "SELECT max(id) FROM outcomes WHERE id >= ?1 AND id <= ?2";
inline constexpr char kCountOutcomes[] =
    "SELECT count(*), sum(hit & 1), sum(hit >> 1 & 1), sum(hit >> 2 & 1), sum(status = 3), "
    "max(id - birth_lag) FROM outcomes WHERE id >= ?1 AND id <= ?2";
// The columns of kReadOutcomes; what the view `best` takes for the best.
inline constexpr char kHighest[] =
    "SELECT id, birth_lag, class, level, hit, status, reason, fitness, further, genome_checksum, "
    "checksum FROM outcomes WHERE id >= ?1 AND id <= ?2 AND status = 0 AND hit & 1 = 0 "
    "AND fitness IS NOT NULL ORDER BY fitness DESC, id LIMIT 1";
inline constexpr char kLowest[] =
    "SELECT id, birth_lag, class, level, hit, status, reason, fitness, further, genome_checksum, "
    "checksum FROM outcomes WHERE id >= ?1 AND id <= ?2 AND status = 0 AND hit & 1 = 0 "
    "AND fitness IS NOT NULL ORDER BY fitness, id LIMIT 1";
// Classes are numbered in the order of their founders.
inline constexpr char kLastToldClass[] =
    "SELECT id FROM classes WHERE id >= ?1 AND id <= ?2 AND founder < ?3 ORDER BY id DESC LIMIT 1";

void add(RunCounts& counts, const sql::Statement& row, std::int64_t& last_genome) {
  const auto number = [&row](int column) {
    return static_cast<std::uint64_t>(row.integer(column));
  };
  counts.told += number(0);
  counts.cache_hits += number(1);
  counts.verified += number(2);
  counts.wrong_hits += number(3);
  counts.failed += number(4);
  last_genome = std::max(last_genome, row.integer(5));
}

/// Whether `a` is better than `b`, of a later ticket or none.
bool better(const OutcomeRow& a, const std::optional<OutcomeRow>& b, bool minimize) {
  return !b || (minimize ? a.told.front() < b->told.front() : a.told.front() > b->told.front());
}

sql::Result<sql::Statement> prepare_best(const sql::Database& database, bool minimize) {
  return minimize ? database.prepare(kLowest) : database.prepare(kHighest);
}

sql::Result<void> look_for_best(sql::Statement& statement, std::int64_t low, std::int64_t high,
                                bool minimize, std::optional<OutcomeRow>& best) {
  statement.bind(1, low);
  statement.bind(2, high);
  auto row = statement.step();
  if (!row) return tl::unexpected(row.error());
  if (*row) {
    RowBytes bytes;
    RowReader reader(statement, bytes, Table::kOutcomes);
    OutcomeRow outcome;
    const bool intact = get(reader, outcome);
    if (intact && !outcome.told.empty() && better(outcome, best, minimize))
      best = std::move(outcome);
  }
  statement.reset();
  return {};
}

sql::Result<void> count_classes(const sql::Database& database, RunId run, RunCounts& counts) {
  auto statement = database.prepare(kLastToldClass);
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, first_id(run));
  statement->bind(2, last_id(run));
  statement->bind(3, static_cast<std::int64_t>(counts.told));
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (*row) counts.classes = number_of(statement->integer(0)) + 1;
  return {};
}

sql::Result<void> find_digest(const sql::Database& database, RunId run, RunCounts& counts) {
  if (!counts.best || counts.best->cls == kNone64) return {};
  auto statement = database.prepare(kReadClasses);
  if (!statement) return tl::unexpected(statement.error());
  const std::int64_t id = row_id(run, counts.best->cls);
  statement->bind(1, id);
  statement->bind(2, id);
  statement->bind(3, std::int64_t{1});
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  RowBytes bytes;
  RowReader reader(*statement, bytes, Table::kClasses);
  ClassRow found;
  if (*row && get(reader, found)) counts.best_digest = found.digest;
  return {};
}

}  // namespace

sql::Result<std::uint64_t> next_number(const sql::Database& database, sql::Sql query, RunId run) {
  auto statement = database.prepare(query);
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, first_id(run));
  statement->bind(2, last_id(run));
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row || statement->type(0) == sql::Type::kNull) return 0;
  return number_of(statement->integer(0)) + 1;
}

sql::Result<std::uint64_t> count_told(const sql::Database& database, RunId run) {
  return next_number(database, kLastOutcome, run);
}

sql::Result<RunCounts> count_run(const sql::Database& database, RunId run, bool minimize,
                                 RunCounts before) {
  auto told = count_told(database, run);
  if (!told) return tl::unexpected(told.error());
  auto counting = database.prepare(kCountOutcomes);
  if (!counting) return tl::unexpected(counting.error());
  auto best = prepare_best(database, minimize);
  if (!best) return tl::unexpected(best.error());
  RunCounts counts = std::move(before);
  std::int64_t last_genome = first_id(run) + static_cast<std::int64_t>(counts.candidates) - 1;
  const std::int64_t begin = first_id(run) + static_cast<std::int64_t>(counts.told),
                     end = first_id(run) + static_cast<std::int64_t>(*told);
  for (std::int64_t low = begin; low < end; low += kIdsPerPiece) {
    const std::int64_t high = std::min(low + kIdsPerPiece, end) - 1;
    counting->bind(1, low);
    counting->bind(2, high);
    auto row = counting->step();
    if (!row) return tl::unexpected(row.error());
    if (*row) add(counts, *counting, last_genome);
    counting->reset();
    if (auto looked = look_for_best(*best, low, high, minimize, counts.best); !looked)
      return tl::unexpected(looked.error());
  }
  counts.candidates = static_cast<std::uint64_t>(last_genome - first_id(run) + 1);
  counts.evaluations = counts.told - counts.cache_hits;
  if (auto counted = count_classes(database, run, counts); !counted)
    return tl::unexpected(counted.error());
  if (auto found = find_digest(database, run, counts); !found) return tl::unexpected(found.error());
  return counts;
}

sql::Result<std::optional<OutcomeRow>> best_outcome(const sql::Database& database, RunId run,
                                                    bool minimize, std::uint64_t first,
                                                    std::uint64_t last) {
  auto statement = prepare_best(database, minimize);
  if (!statement) return tl::unexpected(statement.error());
  std::optional<OutcomeRow> best;
  if (auto looked =
          look_for_best(*statement, row_id(run, first), row_id(run, last), minimize, best);
      !looked)
    return tl::unexpected(looked.error());
  return best;
}

}  // namespace equivolve::engine::store
