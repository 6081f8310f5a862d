// The front of a run with several objectives: what no other candidate beats in all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// Positions, rising, of the points that no other dominates: is at least as good in every
/// coordinate and better in one. Equal points do not dominate each other. `values` holds the points
/// one after the other, `dimensions` numbers each (1 or more), all to be maximised, none NaN.
/// O(n log n) for up to two dimensions, O(n (log n + front)) for more. Source of the sweep: Kung,
/// Luccio, Preparata 1975.
std::vector<std::size_t> non_dominated(std::span<const double> values, std::size_t dimensions);

/// The objectives of a run, in the evaluator's order.
std::vector<FigureRow> objectives_of(const RunInfo& run);

/// Relative difference up to which two figures are one: what verification of hits allows, too.
inline constexpr double kEqualFigures = 1e-9;

/// A candidate that no other told candidate of its run dominates.
struct FrontCandidate {
  std::uint64_t ticket = 0, birth = 0;
  std::vector<double> objectives;  ///< as told, in the order of objectives_of()
};

/// Of those that meet all constraints. From the best in the first objective to the worst; one
/// candidate for each behaviour, the first that showed it. What is ahead of another candidate by
/// rounding alone (up to kEqualFigures), and behind it by more in some objective, is left out. A
/// behaviour that was evaluated again
/// counts with what was told last. Reads every outcome of the run once, in short transactions,
/// running or not; memory grows with the number of behaviours. Empty for a run with one objective,
/// whose best says all.
tl::expected<std::vector<FrontCandidate>, StoreError> read_front(const StoreReader& reader,
                                                                 const RunInfo& run);

/// At most `most` (2 or more) of `count` positions, rising: the first, the last, and what lies
/// evenly between.
std::vector<std::size_t> evenly_spread(std::size_t count, std::size_t most);

}  // namespace equivolve::engine
