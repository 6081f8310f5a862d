// The key `search.initial`: candidates that a search begins with.
#pragma once

#include <cstddef>

#include "engine/config/key_table.hpp"
#include "engine/config/reader.hpp"
#include "search/genome/genome.hpp"

namespace equivolve::engine {

inline constexpr std::uint32_t kMostEarlierCandidates = 1000;  ///< of one earlier run

Key initial_key(std::string name, std::string help, Field<InitialConfig> value);

/// What is wrong with the text of a candidate of the list (0-based), where it is written.
ConfigProblem problem_of_candidate(const Document& document, std::size_t candidate,
                                   const search::Error& error);

}  // namespace equivolve::engine
