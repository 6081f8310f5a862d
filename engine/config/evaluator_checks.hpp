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

/// The evaluator's representations against the one that is asked for; its first, where none is.
/// Writes it into the configuration (representation, config_json).
ConfigProblems settle_representation(ReadConfiguration& read,
                                     const EvaluatorDescriptor& descriptor);

/// Targets on figures that the evaluator has not, or that no candidate is told by (metrics), and
/// values that no candidate can reach, or that every one does.
ConfigProblems check_targets(const ReadConfiguration& read, const EvaluatorDescriptor& descriptor,
                             const EvaluatorInfo& info);

/// A schedule over levels of an evaluator that has one.
ConfigProblems check_schedule(const ReadConfiguration& read, const EvaluatorDescriptor& descriptor,
                              const EvaluatorInfo& info);

/// The descriptors of map_elites against those of the evaluator: which there are, and that each has
/// a finite range. Writes ranges and bins that were left out into the configuration; warns where
/// nsga2 has one objective only.
ConfigProblems settle_descriptors(ReadConfiguration& read, const EvaluatorDescriptor& descriptor,
                                  const EvaluatorInfo& info);

}  // namespace equivolve::engine
