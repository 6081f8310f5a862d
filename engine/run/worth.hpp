// What figures are worth to a search: named figures as search sees them, every objective to be
// maximised. Pure functions. [any-thread]
#pragma once

#include <span>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::engine {

/// In the evaluator's order; empty where one of them is missing or not finite. `values` may be
/// shorter than `figures`.
std::vector<double> objectives_of(const std::vector<NamedFigure>& figures,
                                  std::span<const double> values);

/// By how much a figure misses its constraint (0: met): it has to be >= 0, or <= 0 where less is
/// better.
double violation_of(const NamedFigure& constraint, double value);

/// Ranked when the trial ended well; or when it was pruned, and has all figures that are told.
search::Outcome worth_of(const std::vector<NamedFigure>& figures, Status status,
                         const std::vector<double>& values);

/// What a trial reported, step by step; steps at which an objective is missing are left out.
std::vector<search::StepOutcome> steps_of(const std::vector<NamedFigure>& figures,
                                          const std::vector<IntermediateValue>& reported);

}  // namespace equivolve::engine
