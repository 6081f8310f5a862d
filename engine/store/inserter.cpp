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

}  // namespace

sql::Result<Inserter> Inserter::prepare(const sql::Database& database) {
  Inserter inserter;
  const Wanted wanted[] = {
      {&inserter.outcome_, kInsertOutcome},
      {&inserter.genome_, kInsertGenome},
      {&inserter.class_, kInsertClass},
      {&inserter.trial_, kInsertTrial},
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

sql::Result<void> Inserter::insert(const Record& record) {
  return std::visit([this](const auto& row) { return add(row); }, record);
}

template <class Row>
sql::Result<void> Inserter::add_keyed(const Row& row, std::uint64_t number,
                                      sql::Statement& insertion, sql::Statement& stored_checksum,
                                      const char* what) {
  if (number >= kNumberLimit) return refuse(fmt::format("{} {} is 2^40 or above", what, number));
  RowBinder binder(insertion, bytes_, kTableOf<Row>);
  put(binder, run_, row);
  auto inserted = binder.insert();
  if (inserted || inserted.error().code != SQLITE_CONSTRAINT_PRIMARYKEY) return inserted;
  stored_checksum.bind(1, row_id(run_, number));
  auto found = stored_checksum.step();
  if (!found) return tl::unexpected(found.error());
  const bool equal = *found && stored_checksum.integer(0) == binder.checksum();
  stored_checksum.reset();
  if (equal) return {};
  return refuse(
      fmt::format("{} {} of run {} is stored already with other content", what, number, run_));
}

sql::Result<void> Inserter::add(const OutcomeRow& outcome) {
  return add_keyed(outcome, outcome.ticket, outcome_, outcome_checksum_, "ticket");
}

sql::Result<void> Inserter::add(const GenomeRow& genome) {
  return add_keyed(genome, genome.birth, genome_, genome_checksum_, "birth");
}

sql::Result<void> Inserter::add(const ClassRow& cls) {
  return add_keyed(cls, cls.cls, class_, class_checksum_, "class");
}

sql::Result<void> Inserter::add(const TrialRow& trial) {
  if (trial.figures.size() > kMaxFigures) {
    return refuse(fmt::format("a trial has {} figures; the store holds up to {}",
                              trial.figures.size(), kMaxFigures));
  }
  RowBinder binder(trial_, bytes_, Table::kTrials);
  const std::uint64_t number = next_trial_++;
  put(binder, run_, number, trial);
  if (auto inserted = binder.insert(); !inserted) return inserted;
  for (const IntermediateValue& value : trial.intermediate) {
    RowBinder value_binder(intermediate_, bytes_, Table::kIntermediateValues);
    put(value_binder, run_, next_intermediate_++, IntermediateRow{number, value});
    if (auto inserted = value_binder.insert(); !inserted) return inserted;
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
