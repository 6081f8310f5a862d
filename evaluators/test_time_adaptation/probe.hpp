// What a candidate is run on for its digest.
#pragma once

#include "evaluators/sdk/evaluator.hpp"
#include "evaluators/test_time_adaptation/problem.hpp"
#include "evaluators/test_time_adaptation/trial.hpp"

namespace equivolve::test_time_adaptation {

/// Three batches of 16 corrupted samples (fewer where the data have fewer), in double: after each,
/// the probabilities that were told and, of methods that train, those of the student. What is small
/// there, such as a step of 1e-5 or a prior of 1e-12, is not small after hundreds of batches: the
/// settings of the canonical recipe go along, every digit of them. A rule is also tried on made-up
/// batches, far beyond what three real ones hold: which of their weights go home, or the momentum
/// that it gives.
void run_probe(const Problem& problem, const Adaptation& adaptation, std::uint64_t seed,
               sdk::OutputSink& sink);

}  // namespace equivolve::test_time_adaptation
