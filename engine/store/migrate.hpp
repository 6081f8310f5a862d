// Brings a results file of an older schema up to date: `store migrate`.
#pragma once

#include <filesystem>

#include <tl/expected.hpp>

#include "engine/store/writer.hpp"

namespace equivolve::engine {

struct MigrationReport {
  std::int64_t from = 0, to = 0;  ///< schema numbers; equal when there was nothing to do
  std::filesystem::path backup;   ///< the file as it was; empty when there was nothing to do
};

/// All in one transaction, behind a complete copy of the file beside it (FILE.schema-N.db): after a
/// kill the file is of the old schema or of the new one. Refuses what StoreWriter::open refuses,
/// and files in which a run is going on. Needs room for the copy.
tl::expected<MigrationReport, StoreError> migrate_store(const std::filesystem::path& file,
                                                        const WriterOptions& options = {});

}  // namespace equivolve::engine
