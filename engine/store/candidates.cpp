#include "engine/store/candidates.hpp"

#include <fmt/format.h>

#include <optional>
#include <unordered_map>

#include "engine/store/errors.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/scan.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {
namespace {

constexpr std::int64_t kTrialsPerRead = 1024;

// Reads trials in order of insertion, as far as the outcome asked for needs. Trials are inserted
// close to their tickets' turn, so few are held at a time, and no index on tickets is needed.
class TrialFinder {
 public:
  static sql::Result<TrialFinder> start(const sql::Database& database, RunId run) {
    auto statement = database.prepare(kReadTrials);
    if (!statement) return tl::unexpected(statement.error());
    TrialFinder finder;
    finder.statement_ = std::move(*statement);
    finder.next_ = first_id(run);
    finder.last_ = last_id(run);
    return finder;
  }

  /// The trial of kind `search` whose subject is the ticket; null when there is none. Taken out.
  sql::Result<std::optional<TrialRow>> take(std::uint64_t ticket) {
    for (;;) {
      if (auto found = held_.extract(ticket); !found.empty()) return std::move(found.mapped());
      if (at_end_) return std::nullopt;
      if (auto read = read_some(); !read) return tl::unexpected(read.error());
    }
  }

  std::optional<std::int64_t> broken() const { return broken_; }

 private:
  sql::Result<void> read_some() {
    statement_.bind(1, next_);
    statement_.bind(2, last_);
    statement_.bind(3, kTrialsPerRead);
    std::int64_t rows = 0;
    for (;; ++rows) {
      auto row = statement_.step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) break;
      const std::int64_t id = statement_.integer(0);
      next_ = std::max(next_, id + 1);
      TrialRow trial;
      RowReader reader(statement_, bytes_, Table::kTrials);
      if (!get(reader, trial) && !broken_) broken_ = id;
      if (trial.kind != TrialKind::kSearch) continue;
      const std::uint64_t subject = trial.subject;
      held_.insert_or_assign(subject, std::move(trial));
    }
    statement_.reset();
    at_end_ = rows < kTrialsPerRead;
    return {};
  }

  sql::Statement statement_;
  RowBytes bytes_;
  std::int64_t next_ = 0, last_ = 0;
  bool at_end_ = false;
  std::optional<std::int64_t> broken_;
  std::unordered_map<std::uint64_t, TrialRow> held_;
};

class CandidateReader {
 public:
  CandidateReader(const sql::Database& database, RunId run, TrialFinder trials,
                  sql::Statement genomes, Genomes wanted, const CandidateVisitor& visit)
      : database_(database),
        run_(run),
        trials_(std::move(trials)),
        genomes_(std::move(genomes)),
        wanted_(wanted),
        visit_(visit) {}

  sql::Result<void> read() {
    return scan_pieces(
        database_, kReadOutcomes, first_id(run_), last_id(run_),
        [this](const sql::Statement& row) { return keep(row); }, [this] { return visit_kept(); });
  }

  /// What does not match its checksum, or is not there; "" when all is well.
  std::string damage() const {
    if (!damage_.empty() || !trials_.broken()) return damage_;
    return fmt::format("trial {} of run {} does not match its checksum",
                       number_of(*trials_.broken()), run_);
  }

 private:
  sql::Result<void> keep(const sql::Statement& row) {
    OutcomeRow outcome;
    RowReader reader(row, bytes_, Table::kOutcomes);
    if (!get(reader, outcome)) note("outcome", outcome.ticket);
    kept_.push_back(std::move(outcome));
    return {};
  }

  sql::Result<void> visit_kept() {
    for (const OutcomeRow& outcome : kept_) {
      if (!damage().empty()) break;
      if (auto visited = visit_one(outcome); !visited) return visited;
    }
    kept_.clear();
    return {};
  }

  sql::Result<void> visit_one(const OutcomeRow& outcome) {
    GenomeRow genome;
    if (wanted_ == Genomes::kRead) {
      if (auto found = find_genome(outcome.birth, genome); !found) return found;
    }
    std::optional<TrialRow> trial;
    if (!outcome.hit) {
      auto taken = trials_.take(outcome.ticket);
      if (!taken) return tl::unexpected(taken.error());
      trial = std::move(*taken);
    }
    if (damage().empty()) visit_(outcome, genome, trial ? &*trial : nullptr);
    return {};
  }

  sql::Result<void> find_genome(std::uint64_t birth, GenomeRow& genome) {
    const std::int64_t id = row_id(run_, birth);
    genomes_.bind(1, id);
    genomes_.bind(2, id);
    genomes_.bind(3, std::int64_t{1});
    auto row = genomes_.step();
    if (!row) return tl::unexpected(row.error());
    RowReader reader(genomes_, bytes_, Table::kGenomes);
    if (!*row || !get(reader, genome)) note("genome", birth);
    genomes_.reset();
    return {};
  }

  void note(const char* what, std::uint64_t number) {
    if (!damage_.empty()) return;
    damage_ = fmt::format("{} {} of run {} is missing or does not match its checksum", what, number,
                          run_);
  }

  const sql::Database& database_;
  const RunId run_;
  TrialFinder trials_;
  sql::Statement genomes_;
  const Genomes wanted_;
  const CandidateVisitor& visit_;
  RowBytes bytes_;
  std::vector<OutcomeRow> kept_;
  std::string damage_;
};

}  // namespace

tl::expected<void, StoreError> each_candidate(const std::filesystem::path& file,
                                              const sql::Database& database, RunId run,
                                              Genomes wanted, const CandidateVisitor& visit) {
  const auto cannot = [&file](const sql::Failure& failure) {
    return tl::unexpected(describe(file, "read", failure));
  };
  auto trials = TrialFinder::start(database, run);
  if (!trials) return cannot(trials.error());
  auto genomes = database.prepare(kReadGenomes);
  if (!genomes) return cannot(genomes.error());
  CandidateReader reader(database, run, std::move(*trials), std::move(*genomes), wanted, visit);
  if (auto read = reader.read(); !read) return cannot(read.error());
  if (const std::string damage = reader.damage(); !damage.empty()) {
    return tl::unexpected(damaged(file, damage));
  }
  return {};
}

}  // namespace equivolve::engine::store
