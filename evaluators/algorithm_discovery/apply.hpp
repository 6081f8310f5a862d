// From a candidate to files a person can use.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "evaluators/algorithm_discovery/program_run.hpp"
#include "evaluators/algorithm_discovery/references.hpp"
#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {

struct ApplyContext {
  const Problem& problem;
  const Options& options;
  const Rules& rules;
  ApplySettings settings;
  std::uint64_t common_seed = 0;
  std::function<void(const std::string&)> warn;  ///< tells a person
  std::function<void(const std::string&)> note;  ///< the same, of what is as it should be
};

/// Trains on everything outside the test split and writes program.txt, model.py and
/// predictions.csv. When training or a prediction does not stay finite, the first two only, and
/// context.warn is told. Throws sdk::Refused for unusable data.
void apply_program(const ApplyContext& context, const search::ProgramView& program,
                   const search::PreparedProgram& prepared, const search::MemoryShape& shape,
                   sdk::ArtefactSink& sink);

/// The rows that a person asks to be predicted, as `task` learnt to read them; what they are is
/// told to context.note. Throws sdk::Refused.
RowsToPredict rows_wanted(const ApplyContext& context, const Task& task);

/// "row,prediction" of a regression, in the target's own units.
std::string predictions_csv(const RowsToPredict& rows, std::span<const double> predictions);

/// The same for a rival known by name: model.py and predictions.csv.
void apply_rival(const ApplyContext& context, const std::string& name, sdk::ArtefactSink& sink);

}  // namespace equivolve::algorithm_discovery
