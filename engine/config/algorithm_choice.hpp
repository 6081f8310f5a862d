// Which algorithm `search.algorithm: auto` stands for, and what each algorithm asks of the space.
#pragma once

#include <string>

#include "engine/config/reader.hpp"
#include "search/space/space.hpp"

namespace equivolve::engine {

/// Below so many evaluations configurations are searched by TPE: it makes more of each of them.
inline constexpr std::uint64_t kTpeEvaluations = 1000;

/// What "auto" stands for where the representation is settled. Of configurations: "nsga2" where the
/// evaluator has several objectives, "tpe" with a budget of fewer than kTpeEvaluations evaluations,
/// or candidates; else "regularized_evolution". Other names stand for themselves.
std::string settled_algorithm(const Configuration& configuration, std::size_t objectives);

/// Writes it into the configuration, once its representation is settled; what is stored is what was
/// chosen. Refuses algorithms that breed in another representation than the run's. `objectives` is
/// looked at for "auto" alone.
ConfigProblems settle_algorithm(ReadConfiguration& read, std::size_t objectives);

/// What only the space itself can rule out (cma_es: numbers without conditions).
ConfigProblems check_algorithm(const ReadConfiguration& read, const search::Space& space);

/// Warns of a grid that the budget ends long before its end: what changes slowest is hardly tried.
void warn_of_large_grid(ReadConfiguration& read, const search::Space& space);

}  // namespace equivolve::engine
