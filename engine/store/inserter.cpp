#include "engine/store/inserter.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "engine/store/counts.hpp"
#include "engine/store/errors.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {
namespace {

struct Wanted {
  sql::Statement* statement;
  sql::Sql text;
};
struct Counter {
  std::uint64_t* next;
  sql::Sql query;
};

/// Of a session: further logs are cut, so that a run of nothing but failures fills no disk.
constexpr std::uint64_t kMostLogBytes = std::uint64_t{32} << 20;
constexpr std::size_t kLeastOfALog = 1024;

tl::unexpected<sql::Failure> refuse(std::string text) {
  return tl::unexpected(sql::Failure{SQLITE_CONSTRAINT, 0, std::move(text)});
}

// What a row is found by, and what that is.
std::uint64_t number_of_row(const OutcomeRow& row) {
  return row.ticket;
}
std::uint64_t number_of_row(const GenomeRow& row) {
  return row.birth;
}
std::uint64_t number_of_row(const ClassRow& row) {
  return row.cls;
}
const char* name_of_number(const OutcomeRow&) {
  return "ticket";
}
const char* name_of_number(const GenomeRow&) {
  return "birth";
}
const char* name_of_number(const ClassRow&) {
  return "class";
}

template <class Row>
sql::Result<void> keep(std::vector<const Row*>& rows, const Row& row) {
  const std::uint64_t number = number_of_row(row);
  if (number >= kNumberLimit)
    return refuse(fmt::format("{} {} is 2^40 or above", name_of_number(row), number));
  rows.push_back(&row);
  return {};
}

}  // namespace

sql::Result<Inserter> Inserter::prepare(const sql::Database& database) {
  Inserter inserter;
  auto source = sql::RowSource::attach(database);
  if (!source) return tl::unexpected(source.error());
  inserter.source_ = *source;
  const Wanted wanted[] = {
      {&inserter.outcome_, kInsertOutcomes},
      {&inserter.genome_, kInsertGenomes},
      {&inserter.class_, kInsertClasses},
      {&inserter.trial_, kInsertTrials},
      {&inserter.intermediate_, kInsertIntermediate},
      {&inserter.event_, kInsertEvent},
      {&inserter.artefact_, kInsertArtefact},
      {&inserter.opening_, kInsertOpening},
      {&inserter.outcome_checksum_, kOutcomeChecksum},
      {&inserter.genome_checksum_, kGenomeChecksum},
      {&inserter.class_checksum_, kClassChecksum},
  };
  for (const auto& [statement, text] : wanted) {
    auto prepared = database.prepare(text);
    if (!prepared) return tl::unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return inserter;
}

sql::Result<void> Inserter::start_run(const sql::Database& database, RunId run) {
  run_ = run;
  const Counter wanted[] = {
      {&next_trial_, "SELECT max(id) FROM trials WHERE id >= ?1 AND id <= ?2"},
      {&next_intermediate_, "SELECT max(id) FROM intermediate_values WHERE id >= ?1 AND id <= ?2"},
      {&next_event_, "SELECT max(id) FROM events WHERE id >= ?1 AND id <= ?2"},
      {&next_artefact_, "SELECT max(id) FROM artefacts WHERE id >= ?1 AND id <= ?2"},
  };
  for (const auto& [next, query] : wanted) {
    auto number = next_number(database, query, run);
    if (!number) return tl::unexpected(number.error());
    *next = *number;
  }
  return read_last_opening(database);
}

sql::Result<void> Inserter::read_last_opening(const sql::Database& database) {
  auto opening = database.prepare(
      "SELECT id, winner FROM test_openings WHERE id >= ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1");
  if (!opening) return tl::unexpected(opening.error());
  opening->bind(1, first_id(run_));
  opening->bind(2, last_id(run_));
  auto opened = opening->step();
  if (!opened) return tl::unexpected(opened.error());
  next_opening_ = *opened ? number_of(opening->integer(0)) + 1 : 0;
  if (*opened)
    last_winner_ = opening->type(1) == sql::Type::kNull
                       ? kNone64
                       : static_cast<std::uint64_t>(opening->integer(1));
  return {};
}

sql::Result<void> Inserter::insert(std::span<const Record> records) {
  forget_rows();
  for (const Record& record : records) {
    auto added = std::visit([this](const auto& row) { return add(row); }, record);
    if (!added) return added;
  }
  return insert_rows();
}

void Inserter::forget_rows() {
  outcomes_.clear();
  genomes_.clear();
  classes_.clear();
  trials_.clear();
}

sql::Result<void> Inserter::insert_rows() {
  auto inserted = insert_keyed(genomes_, genome_, genome_checksum_);
  if (inserted) inserted = insert_keyed(classes_, class_, class_checksum_);
  if (inserted) inserted = insert_trials();
  if (inserted) inserted = insert_keyed(outcomes_, outcome_, outcome_checksum_);
  return inserted;
}

template <class Row>
sql::Result<void> Inserter::insert_keyed(const Rows<Row>& rows, sql::Statement& insertion,
                                         sql::Statement& stored_checksum) {
  if (rows.empty()) return {};
  auto row = rows.begin();
  const auto inserted = source_.insert(insertion, [&](sql::RowValues& values) {
    if (row == rows.end()) return false;
    RowBinder binder(values, bytes_, kTableOf<Row>);
    put(binder, run_, **row++);
    binder.close();
    return true;
  });
  if (!inserted) return tl::unexpected(inserted.error());
  return *inserted == rows.size() ? sql::Result<void>() : compare(rows, stored_checksum);
}

/// Of rows of which some were there before.
template <class Row>
sql::Result<void> Inserter::compare(const Rows<Row>& rows, sql::Statement& stored_checksum) {
  sql::RowValues values;
  for (const Row* row : rows) {
    values.clear();
    RowBinder binder(values, bytes_, kTableOf<Row>);
    put(binder, run_, *row);
    stored_checksum.bind(1, row_id(run_, number_of_row(*row)));
    auto found = stored_checksum.step();
    if (!found) return tl::unexpected(found.error());
    const bool is_there = *found;
    const bool equal = is_there && bytes_.match(stored_checksum.integer(0));
    stored_checksum.reset();
    if (!is_there)
      return refuse(fmt::format("{} {} of run {} was not stored: the file refuses it",
                                name_of_number(*row), number_of_row(*row), run_));
    if (!equal)
      return refuse(fmt::format("{} {} of run {} is stored already with other content",
                                name_of_number(*row), number_of_row(*row), run_));
  }
  return {};
}

sql::Result<void> Inserter::insert_trials() {
  if (trials_.empty()) return {};
  auto trial = trials_.begin();
  const auto inserted = source_.insert(trial_, [&](sql::RowValues& values) {
    if (trial == trials_.end()) return false;
    RowBinder binder(values, bytes_, Table::kTrials);
    put(binder, run_, trial->second, *trial->first);
    binder.close();
    ++trial;
    return true;
  });
  if (!inserted) return tl::unexpected(inserted.error());
  if (*inserted != trials_.size())
    return refuse(
        fmt::format("{} of {} trials of run {} were stored", *inserted, trials_.size(), run_));
  return {};
}

sql::Result<void> Inserter::add(const OutcomeRow& outcome) {
  return keep(outcomes_, outcome);
}

sql::Result<void> Inserter::add(const GenomeRow& genome) {
  return keep(genomes_, genome);
}

sql::Result<void> Inserter::add(const ClassRow& cls) {
  return keep(classes_, cls);
}

sql::Result<void> Inserter::add(const TrialRow& trial) {
  if (trial.figures.size() > kMaxFigures) {
    return refuse(fmt::format("a trial has {} figures; the store holds up to {}",
                              trial.figures.size(), kMaxFigures));
  }
  const std::uint64_t number = next_trial_++;
  trials_.emplace_back(&trial, number);
  for (const IntermediateValue& value : trial.intermediate) {
    RowBinder binder(intermediate_, bytes_, Table::kIntermediateValues);
    put(binder, run_, next_intermediate_++, IntermediateRow{number, value});
    if (auto inserted = binder.insert(); !inserted) return inserted;
  }
  return trial.log.empty() ? sql::Result<void>() : add_log(number, trial.log);
}

sql::Result<void> Inserter::add_log(std::uint64_t trial, std::string_view log) {
  if (log_bytes_ > kMostLogBytes && log.size() > kLeastOfALog)
    log.remove_prefix(log.size() - kLeastOfALog);
  log_bytes_ += log.size();
  return add(ArtefactRow{fmt::format("trial-{}.log", trial), kLogMediaType, std::string(log)});
}

sql::Result<void> Inserter::add(const EventRow& event) {
  const StoredEvent stored{utc_now(), event};
  RowBinder binder(event_, bytes_, Table::kEvents);
  put(binder, run_, next_event_++, stored);
  return binder.insert();
}

sql::Result<void> Inserter::add(const ArtefactRow& artefact) {
  RowBinder binder(artefact_, bytes_, Table::kArtefacts);
  put(binder, run_, next_artefact_++, artefact);
  return binder.insert();
}

sql::Result<void> Inserter::add(const TestOpeningRow& opening) {
  if (next_opening_ > 0 && opening.winner == last_winner_) return {};
  const StoredOpening stored{run_, next_opening_, utc_now(), opening};
  RowBinder binder(opening_, bytes_, Table::kTestOpenings);
  put(binder, stored);
  auto inserted = binder.insert();
  if (!inserted) return inserted;
  ++next_opening_;
  last_winner_ = opening.winner;
  return {};
}

}  // namespace equivolve::engine::store
