// Every statement that the run loop executes, in one place, so that a test can ask SQLite how it
// would carry each out.
#pragma once

#include <array>
#include <string_view>

namespace equivolve::engine::store {

// Of many rows at once, which `equivolve_batch` gives (row_source.hpp). One that is there already
// is left as it is.
inline constexpr char kInsertOutcomes[] =
    "INSERT OR IGNORE INTO outcomes(id, birth_lag, class, level, hit, status, reason, fitness, "
    "further, genome_checksum, checksum) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 "
    "FROM equivolve_batch";
inline constexpr char kInsertGenomes[] =
    "INSERT OR IGNORE INTO genomes(id, parent_lag, second_parent_lag, operator, flat, checksum) "
    "SELECT c1, c2, c3, c4, c5, c6 FROM equivolve_batch";
inline constexpr char kInsertClasses[] =
    "INSERT OR IGNORE INTO classes(id, founder, digest, checksum) SELECT c1, c2, c3, c4 FROM "
    "equivolve_batch";
inline constexpr char kInsertTrials[] =
    "INSERT INTO trials(id, kind, subject, birth_lag, class, level, split, repeat, common_seed, "
    "own_seed, status, reason, seconds, cost, genome_checksum, message, items, figure_count, "
    "f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, checksum) "
    "SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, "
    "c20, c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33, c34, c35 FROM "
    "equivolve_batch";
inline constexpr std::array<const char*, 4> kBatchStatements = {kInsertOutcomes, kInsertGenomes,
                                                                kInsertClasses, kInsertTrials};

inline constexpr char kInsertIntermediate[] =
    "INSERT INTO intermediate_values(id, trial, step, figure, value, checksum) "
    "VALUES(?1,?2,?3,?4,?5,?6)";
inline constexpr char kInsertEvent[] =
    "INSERT INTO events(id, time, kind, detail, checksum) VALUES(?1,?2,?3,?4,?5)";
inline constexpr char kInsertArtefact[] =
    "INSERT INTO artefacts(id, name, media_type, content, checksum) VALUES(?1,?2,?3,?4,?5)";
inline constexpr char kInsertOpening[] =
    "INSERT INTO test_openings(id, time, data, context, winner, checksum) "
    "VALUES(?1,?2,?3,?4,?5,?6)";
inline constexpr char kUpdateProgress[] =
    "UPDATE progress SET status = ?2, stopped_by = ?3, told = ?4, seconds = ?5, heartbeat = ?6, "
    "commits = ?7, summary_json = ?8, checksum = ?9 WHERE run = ?1";
inline constexpr char kReadWishes[] =
    "SELECT id, run, time, wish FROM control WHERE id > ?1 AND run = ?2 AND taken = 0 ORDER BY id";
inline constexpr char kMarkWish[] = "UPDATE control SET taken = 1, checksum = ?2 WHERE id = ?1";

// Rows that a resumed run may write again: only equal ones are accepted.
inline constexpr char kOutcomeChecksum[] = "SELECT checksum FROM outcomes WHERE id = ?1";
inline constexpr char kGenomeChecksum[] = "SELECT checksum FROM genomes WHERE id = ?1";
inline constexpr char kClassChecksum[] = "SELECT checksum FROM classes WHERE id = ?1";

inline constexpr std::array<const char*, 10> kLoopStatements = {
    kInsertIntermediate, kInsertEvent, kInsertArtefact,  kInsertOpening,  kUpdateProgress,
    kReadWishes,         kMarkWish,    kOutcomeChecksum, kGenomeChecksum, kClassChecksum};

// Reads of a run, a piece at a time: ids from ?1 to ?2, at most ?3 rows.
inline constexpr char kReadOutcomes[] =
    "SELECT id, birth_lag, class, level, hit, status, reason, fitness, further, genome_checksum, "
    "checksum FROM outcomes WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
inline constexpr char kReadGenomes[] =
    "SELECT id, parent_lag, second_parent_lag, operator, flat, checksum FROM genomes "
    "WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
inline constexpr char kReadClasses[] =
    "SELECT id, founder, digest, checksum FROM classes WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id LIMIT ?3";
inline constexpr char kReadTrials[] =
    "SELECT id, kind, subject, birth_lag, class, level, split, repeat, common_seed, own_seed, "
    "status, reason, seconds, cost, genome_checksum, message, items, figure_count, f0, f1, f2, f3, "
    "f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, checksum FROM trials "
    "WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
/// The last ones first; 3 is Status::kFailed.
inline constexpr char kReadFailedTrials[] =
    "SELECT id, kind, subject, birth_lag, class, level, split, repeat, common_seed, own_seed, "
    "status, reason, seconds, cost, genome_checksum, message, items, figure_count, f0, f1, f2, f3, "
    "f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, checksum FROM trials "
    "WHERE id >= ?1 AND id <= ?2 AND status = 3 ORDER BY id DESC LIMIT ?3";
inline constexpr char kReadIntermediates[] =
    "SELECT id, trial, step, figure, value, checksum FROM intermediate_values "
    "WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
inline constexpr char kReadEvents[] =
    "SELECT id, time, kind, detail, checksum FROM events WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id LIMIT ?3";
inline constexpr char kReadArtefacts[] =
    "SELECT id, name, media_type, content, checksum FROM artefacts WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id LIMIT ?3";
inline constexpr char kReadFigures[] =
    "SELECT id, name, unit, role, minimize, reproducible, checksum FROM figures "
    "WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";

// Of a group's plan: ids are group << 40 | position.
inline constexpr char kReadPlannedRuns[] =
    "SELECT id, name, seed, settings, config_resolved, context, checksum FROM planned_runs "
    "WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
// Of runs and groups: numbers from ?1 to ?2.
inline constexpr char kReadOrigins[] =
    "SELECT run, data, group_number, position, parent, checksum FROM origins "
    "WHERE run >= ?1 AND run <= ?2 ORDER BY run LIMIT ?3";
inline constexpr char kReadGroups[] =
    "SELECT number, name, runs, config_as_written, created, checksum FROM groups "
    "WHERE number >= ?1 AND number <= ?2 ORDER BY number LIMIT ?3";
inline constexpr char kReadOpenings[] =
    "SELECT id, time, data, context, winner, checksum FROM test_openings "
    "WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";

inline constexpr std::array<const char*, 12> kRangeStatements = {
    kReadOutcomes,      kReadGenomes, kReadClasses,   kReadTrials,
    kReadIntermediates, kReadEvents,  kReadArtefacts, kReadFigures,
    kReadPlannedRuns,   kReadOrigins, kReadGroups,    kReadOpenings};

}  // namespace equivolve::engine::store
