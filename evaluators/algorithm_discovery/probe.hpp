// What a candidate is run on for its digest: "10 + 2 + late" (docs/hashing.md, section 1).
#pragma once

#include "evaluators/algorithm_discovery/program_run.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {

/// Kept with the outputs of a probe, since a trial's status depends on it.
struct ProbeVerdict {
  bool within_budget = true;  ///< whether trials keep to max_live_instructions
};

/// Runs the program, pruned and loaded into `machine`, from the start on 10 training examples, 2
/// judged ones and a late training example at 16 times larger features; then again from the start
/// on 5 training examples with the other labels and 7 judged ones. Features are N(0, 1), correlated
/// by 1/2, drawn by `seed`; labels are 0 and 1, or numbers of either sign and sizes from 0.2
/// to 3.75. Programs with a live threshold (abs, heaviside, min, max) make a third start on 48
/// training and 8 judged examples of other sizes. Puts out: the verdict, every prediction (raw s1),
/// how and where each start ended, and the live state after each start. Programs with live random
/// draws do all this three times with draws of their own; when one of these ends early their code
/// is put out as well. [any-thread]
void run_probe(interpreters::Machine& machine, const search::PreparedProgram& program,
               const Rules& rules, std::uint64_t seed, ProbeVerdict verdict, sdk::OutputSink& sink);

}  // namespace equivolve::algorithm_discovery
