// Outcomes with several objectives in fronts, by constrained domination (outcome_order.hpp), and
// how crowded they stand there. Pure functions. [any-thread]
//
// Feasible outcomes come first, the highest rung first and each rung front by front; then
// infeasible ones, a front for each violation; then all unranked ones together. Sources: Deb et al.
// 2002 (outcome_order.hpp), sections III-A, B and VI; two objectives are sorted in O(n log n) as in
// Jensen 2003, "Reducing the run-time complexity of multiobjective EAs" (IEEE TEC 7), more of them
// by Zhang, Tian, Cheng, Jin 2015, "An efficient approach to nondominated sorting" (IEEE TEC 19),
// with binary search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "search/algorithms/request.hpp"

namespace equivolve::search {

using Outcomes = std::span<const Outcome* const>;
using Front = std::vector<std::uint32_t>;  ///< positions among the outcomes, rising

/// The best front first; each outcome stands in one.
std::vector<Front> nondominated_fronts(Outcomes outcomes);

/// For each member of the front, in its order: the sum over the objectives of the distance between
/// its neighbours, each objective on the scale of the front's range; infinite at the ends. Of equal
/// values the order is that of the front. Unranked: 0.
std::vector<double> crowding_distances(Outcomes outcomes, const Front& front);

/// How many of them stand before one: in better fronts, or less crowded in its own.
std::size_t count_ahead(Outcomes outcomes, std::size_t of);

}  // namespace equivolve::search
