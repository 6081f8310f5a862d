// Records to rows and back. For each table: `put` binds what INSERT wants, `get` reads what SELECT
// gives (statements.hpp); the two see the same columns in the same order. `get` is false when the
// row's checksum is not that of its content.
#pragma once

#include "engine/store/ids.hpp"
#include "engine/store/records.hpp"
#include "engine/store/row.hpp"

namespace equivolve::engine::store {

/// What changes of a run: its state, and how far its writer came.
struct ProgressRow {
  RunId run = 0;
  RunState state;
  std::string heartbeat;      ///< ISO 8601, UTC; "" before the first
  std::uint64_t commits = 0;  ///< transactions of this run
};

struct StoredEvent {
  std::string time;
  EventRow event;
};

void put(RowBinder& row, RunId run, const OutcomeRow& outcome);
void put(RowBinder& row, RunId run, const GenomeRow& genome);
void put(RowBinder& row, RunId run, const ClassRow& cls);
void put(RowBinder& row, RunId run, std::uint64_t number, const TrialRow& trial);
void put(RowBinder& row, RunId run, std::uint64_t number, const IntermediateRow& value);
void put(RowBinder& row, RunId run, std::uint64_t number, const StoredEvent& event);
void put(RowBinder& row, RunId run, std::uint64_t number, const ArtefactRow& artefact);
void put(RowBinder& row, RunId run, std::uint64_t number, const FigureRow& figure);
void put(RowBinder& row, RunId run, const std::string& created, const RunHead& head);
void put(RowBinder& row, const ProgressRow& progress);

bool get(RowReader& row, OutcomeRow& outcome);
bool get(RowReader& row, GenomeRow& genome);
bool get(RowReader& row, ClassRow& cls);
bool get(RowReader& row, TrialRow& trial);
bool get(RowReader& row, IntermediateRow& value);
bool get(RowReader& row, StoredEvent& event);
bool get(RowReader& row, ArtefactRow& artefact);
bool get(RowReader& row, FigureRow& figure);
bool get(RowReader& row, RunId& run, std::string& created, RunHead& head);
bool get(RowReader& row, ProgressRow& progress);

template <class Record>
inline constexpr Table kTableOf = Table::kRuns;
template <>
inline constexpr Table kTableOf<OutcomeRow> = Table::kOutcomes;
template <>
inline constexpr Table kTableOf<GenomeRow> = Table::kGenomes;
template <>
inline constexpr Table kTableOf<ClassRow> = Table::kClasses;
template <>
inline constexpr Table kTableOf<TrialRow> = Table::kTrials;
template <>
inline constexpr Table kTableOf<IntermediateRow> = Table::kIntermediateValues;
template <>
inline constexpr Table kTableOf<StoredEvent> = Table::kEvents;
template <>
inline constexpr Table kTableOf<ArtefactRow> = Table::kArtefacts;
template <>
inline constexpr Table kTableOf<FigureRow> = Table::kFigures;

}  // namespace equivolve::engine::store
