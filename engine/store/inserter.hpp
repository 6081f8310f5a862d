// The prepared INSERTs of a run. Of what every candidate has, all rows of a group go in at once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/store/records.hpp"
#include "engine/store/row.hpp"
#include "engine/store/row_source.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// Used by one thread, inside a transaction.
class Inserter {
 public:
  static sql::Result<Inserter> prepare(const sql::Database& database);

  /// Later records belong to `run`; rows numbered in order of insertion go on after those that are
  /// there.
  sql::Result<void> start_run(const sql::Database& database, RunId run);

  /// Inserts the records; a trial with its intermediate values. Outcomes, genomes and classes that
  /// are stored already are accepted when equal (a resumed run may say again what the killed one
  /// had said) and refused when not; a test opening for the same winner as the run's last is no
  /// news, and dropped. Refuses numbers of 2^40 and above, and trials with more figures than the
  /// table has columns. After a failure the transaction is to be rolled back.
  sql::Result<void> insert(std::span<const Record> records);

 private:
  template <class Row>
  using Rows = std::vector<const Row*>;

  sql::Result<void> add(const OutcomeRow& outcome);
  sql::Result<void> add(const GenomeRow& genome);
  sql::Result<void> add(const ClassRow& cls);
  sql::Result<void> add(const TrialRow& trial);
  sql::Result<void> add_log(std::uint64_t trial, std::string_view log);
  sql::Result<void> add(const EventRow& event);
  sql::Result<void> add(const ArtefactRow& artefact);
  sql::Result<void> add(const TestOpeningRow& opening);
  sql::Result<void> read_last_opening(const sql::Database& database);
  void forget_rows();
  sql::Result<void> insert_rows();
  template <class Row>
  sql::Result<void> insert_keyed(const Rows<Row>& rows, sql::Statement& insertion,
                                 sql::Statement& stored_checksum);
  template <class Row>
  sql::Result<void> compare(const Rows<Row>& rows, sql::Statement& stored_checksum);
  sql::Result<void> insert_trials();

  RunId run_ = 0;
  std::uint64_t log_bytes_ = 0;  // kept by this session
  std::uint64_t next_trial_ = 0, next_intermediate_ = 0, next_event_ = 0, next_artefact_ = 0;
  std::uint64_t next_opening_ = 0;
  std::uint64_t last_winner_ = 0;  // of the run's last opening, where it has one
  RowBytes bytes_;
  // Of the group that is being inserted.
  Rows<OutcomeRow> outcomes_;
  Rows<GenomeRow> genomes_;
  Rows<ClassRow> classes_;
  std::vector<std::pair<const TrialRow*, std::uint64_t>> trials_;  // with their numbers
  sql::RowSource source_;
  sql::Statement outcome_, genome_, class_, trial_, intermediate_, event_, artefact_, opening_;
  sql::Statement outcome_checksum_, genome_checksum_, class_checksum_;
};

}  // namespace equivolve::engine::store
