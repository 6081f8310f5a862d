// Outcome, genome and trial of each candidate, side by side, for export.
#pragma once

#include <filesystem>
#include <functional>

#include <tl/expected.hpp>

#include "engine/store/records.hpp"
#include "engine/store/sql.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

using CandidateVisitor = std::function<void(const OutcomeRow&, const GenomeRow&, const TrialRow*)>;

/// In ticket order; `visit` is called while no read transaction is open. Without genomes (much
/// faster) it is given empty ones.
enum class Genomes : bool { kSkip, kRead };
tl::expected<void, StoreError> each_candidate(const std::filesystem::path& file,
                                              const sql::Database& database, RunId run,
                                              Genomes genomes, const CandidateVisitor& visit);

}  // namespace equivolve::engine::store
