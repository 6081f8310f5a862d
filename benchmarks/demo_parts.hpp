// What the evaluator of algorithm discovery is made of, without the interface to the engine: for
// programs that measure it part by part. The problem is the AutoML-Zero demo (10 linear tasks of
// dimension 4, 100 + 100 examples, the six operations and lengths 10 / 2 / 8) unless another is
// given.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "evaluators/algorithm_discovery/probe.hpp"
#include "evaluators/algorithm_discovery/space.hpp"
#include "evaluators/algorithm_discovery/trial.hpp"

namespace equivolve::benchmarks {

inline algorithm_discovery::Settings demo_settings() {
  algorithm_discovery::Settings settings;
  settings.synthetic = algorithm_discovery::SyntheticData{};
  return settings;
}

class DemoParts {
 public:
  explicit DemoParts(std::uint64_t seed, algorithm_discovery::Settings given = demo_settings())
      : settings(std::move(given)),
        problem(settings.synthetic
                    ? algorithm_discovery::open_synthetic(*settings.synthetic)
                    : algorithm_discovery::open_table(*settings.table, settings.options)),
        figures(problem->info(), settings.options),
        rules{problem->info().kind == algorithm_discovery::TaskKind::kClassification,
              settings.options.error_bound, settings.options.epochs},
        space(algorithm_discovery::read_space(
            algorithm_discovery::default_space(problem->info(), settings), problem->info())),
        tasks(problem->validation_tasks(seed)) {}

  algorithm_discovery::Trial trial_on(interpreters::LaneKind kind) const {
    return algorithm_discovery::Trial(figures, rules, settings.options.max_live_instructions, kind);
  }
  /// Into `program`.
  void prune(const search::Genome& genome) {
    search::prepare_pruned(*search::view_program(genome.flat), {rules.classification}, program);
  }
  /// Of `program`; empty when it fails.
  std::vector<double> evaluate(const algorithm_discovery::Trial& trial, std::uint64_t seed) const {
    const algorithm_discovery::TrialOutcome outcome =
        trial.run(program, space.memories, *tasks, seed, false, 1, {}, [] { return false; });
    std::vector<double> values;
    if (outcome.status != EQV_OK) return values;
    values.resize(figures.table().size());
    figures.aggregate(outcome.of_tasks, values);
    return values;
  }
  /// Runs the probe of `program`.
  void probe(std::uint64_t seed, bool within_budget, sdk::OutputSink& sink) const {
    interpreters::Machine& machine = algorithm_discovery::thread_machine();
    machine.load(program, space.memories);
    algorithm_discovery::run_probe(machine, program, rules, seed, {within_budget}, sink);
  }

  const algorithm_discovery::Settings settings;
  const std::unique_ptr<algorithm_discovery::Problem> problem;
  const algorithm_discovery::Figures figures;
  const algorithm_discovery::Rules rules;
  const search::ProgramSpace space;
  const algorithm_discovery::Tasks tasks;
  search::PreparedProgram program;
};

}  // namespace equivolve::benchmarks
