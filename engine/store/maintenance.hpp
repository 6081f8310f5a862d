// What is done to a results file beside writing runs: deleting one, and giving free space back.
#pragma once

#include <cstdint>
#include <filesystem>

#include <tl/expected.hpp>

#include "engine/store/records.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine {

struct Deleted {
  std::uint64_t rows = 0;
  std::uint64_t free_bytes = 0;  ///< in the file, to be used again or given back by compact_store
};

/// Removes a run and all that belongs to it, in transactions of a bounded size, so that others who
/// write the file wait little. From the first on the run is gone for everyone else; killed on its
/// way it leaves rows (StoreReader::half_deleted_runs), which a second call removes. That the run
/// opened its test split stays on record. Refuses a run that a process has.
tl::expected<Deleted, StoreError> delete_run(const std::filesystem::path& file, RunId run,
                                             std::uint32_t rows_at_a_time = 20'000);

/// Removes a group's plan, once none of its runs is left; while one is, nothing happens.
tl::expected<void, StoreError> delete_group(const std::filesystem::path& file, GroupId group);

struct Compacted {
  std::uint64_t before = 0, after = 0;  ///< bytes of the file
};

/// Rewrites the file without its free pages (VACUUM: whole or not at all). Needs as much free space
/// again on the disk. Refuses while a process has one of its runs.
tl::expected<Compacted, StoreError> compact_store(const std::filesystem::path& file);

}  // namespace equivolve::engine
