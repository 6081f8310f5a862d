// Writes model.py: the program, or a fitted rival, as a self-contained scikit-learn estimator that
// needs numpy only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluators/algorithm_discovery/references.hpp"
#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/common/interpreters/machine.hpp"
#include "search/genome/expression.hpp"

namespace equivolve::algorithm_discovery {

/// What training left behind: for each run the live memories, and how many function calls went
/// before.
struct TrainedState {
  struct Run {
    std::uint64_t seed = 0;
    std::vector<double> scalars;  ///< as live_state lists them
    std::vector<std::vector<double>> vectors;
    std::vector<std::vector<double>> matrices;  ///< row-major
  };
  std::uint64_t step = 0;
  std::vector<Run> runs;
};

/// Takes the live memories out of a machine.
TrainedState::Run live_state_of(interpreters::Machine& machine,
                                const search::PreparedProgram& program, std::uint64_t seed);

struct PythonModel {
  const ProblemInfo& info;
  const Options& options;
  const Task& task;  ///< its scales are written down
  std::uint64_t common_seed = 0;
};

/// `program` is pruned; `text` its readable form. Without `state` (training failed) there is no
/// pretrained().
std::string python_program(const PythonModel& model, const search::PreparedProgram& program,
                           const search::MemoryShape& shape, const std::string& text,
                           const std::optional<TrainedState>& state);

/// `fitted` holds the numbers that are to stand in the file, `text` its readable form.
std::string python_formula(const PythonModel& model, search::ExpressionView fitted,
                           const std::string& text);

std::string python_rival(const PythonModel& model, const LinearRival& rival,
                         const std::string& name);

}  // namespace equivolve::algorithm_discovery
