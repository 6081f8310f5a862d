// What an evaluator has to say of a configuration, with the lines it speaks of.
#pragma once

#include "engine/config/reader.hpp"
#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {

/// Which text an EvaluatorError's pointer points into.
enum class PointsInto : std::uint8_t { kConfig, kSpace };

/// An evaluator's refusal at the value it names; without a pointer, at the key `evaluator`.
ConfigProblem map_problem(const ReadConfiguration& read, const EvaluatorError& error,
                          PointsInto into);

/// Contradictions between the file and what the evaluator turned out to offer: its representations,
/// and targets on figures that it has not, or that no candidate is told by (metrics).
ConfigProblems check_against_evaluator(const ReadConfiguration& read,
                                       const EvaluatorDescriptor& descriptor,
                                       const EvaluatorInfo& info);

}  // namespace equivolve::engine
