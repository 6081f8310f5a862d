// Records to rows and back. For each table: `put` binds what INSERT wants, `get` reads what SELECT
// gives (statements.hpp); the two see the same columns in the same order. `get` is false when the
// row's checksum is not that of its content.
#pragma once

#include <array>
#include <cstddef>

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

/// Table origins: what schema 1 did not say of a run.
struct OriginRow {
  RunId run = 0;
  hashing::Digest data;
  RunOrigin origin;
};

/// Table groups.
struct GroupRow {
  GroupId number = 0;
  std::string name;
  std::uint64_t runs = 0;  ///< planned
  std::string config_as_written;
  std::string created;
};

struct StoredOpening {
  RunId run = 0;
  std::uint64_t number = 0;  ///< among those of the run
  std::string time;
  TestOpeningRow opening;
};

struct StoredEvent {
  std::string time;
  EventRow event;
};

/// Sixteen bytes, high half first, so that hex(digest) in any tool is to_hex(digest) here.
using DigestBytes = std::array<std::byte, 16>;
DigestBytes digest_bytes(const hashing::Digest& digest);

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
void put(RowBinder& row, GroupId group, std::uint64_t position, const PlannedRun& planned);
void put(RowBinder& row, const OriginRow& origin);
void put(RowBinder& row, const GroupRow& group);
void put(RowBinder& row, const StoredOpening& opening);

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
bool get(RowReader& row, PlannedRun& planned);
bool get(RowReader& row, OriginRow& origin);
bool get(RowReader& row, GroupRow& group);
bool get(RowReader& row, StoredOpening& opening);

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
template <>
inline constexpr Table kTableOf<PlannedRun> = Table::kPlannedRuns;
template <>
inline constexpr Table kTableOf<OriginRow> = Table::kOrigins;
template <>
inline constexpr Table kTableOf<GroupRow> = Table::kGroups;
template <>
inline constexpr Table kTableOf<StoredOpening> = Table::kTestOpenings;

}  // namespace equivolve::engine::store
