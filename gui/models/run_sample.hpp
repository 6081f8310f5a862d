// A first look at a large run: a few thousand candidates from all of it, long before it is read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"
#include "gui/models/candidate_data.hpp"

namespace equivolve::gui {

inline constexpr std::size_t kSampleSegments = 64, kSegmentRows = 128;
/// Runs of fewer candidates are read as quickly as sampled.
inline constexpr std::uint64_t kLeastToSample = 4 * kSampleSegments * kSegmentRows;

/// Segments of consecutive tickets, evenly spread over the `told` first ones of the run, each in a
/// short read transaction of its own; the trials that settled them are found by bisection, as
/// trials are inserted close to their tickets' turn. An error is one line for people.
tl::expected<CandidateData, std::string> run_sample(const engine::StoreReader& reader,
                                                    engine::RunId run,
                                                    const std::vector<engine::FigureRow>& figures,
                                                    std::uint64_t told);

}  // namespace equivolve::gui
