// All that algorithm_discovery does differently where candidates are formulas (representation
// `expression`). The face calls it in the place of what it does with programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluators/algorithm_discovery/apply.hpp"
#include "evaluators/algorithm_discovery/formula_probe.hpp"
#include "evaluators/algorithm_discovery/formula_trial.hpp"
#include "search/space/expression_space.hpp"

namespace equivolve::algorithm_discovery {

class Formulas {
 public:
  /// Both are used as long as this lives.
  Formulas(const Problem& problem, const Figures& figures, const Options& options);

  std::string default_space() const;
  void bind_space(std::string_view space_json);

  /// The candidate's formula; empty for what cannot be run. [any-thread, as those below]
  std::optional<search::ExpressionView> checked(const sdk::Candidate& candidate) const;

  void probe(search::ExpressionView formula, sdk::OutputSink& sink) const;
  TrialOutcome evaluate(search::ExpressionView formula, const TaskSet& tasks, bool want_items,
                        unsigned threads, const ParallelFor& parallel_for,
                        const std::function<bool()>& stop) const {
    return trial_.run(formula, tasks, want_items, threads, parallel_for, stop);
  }
  /// Fits on everything outside the test split and writes formula.txt, model.py and
  /// predictions.csv; the last one only where every prediction is finite.
  void apply(const ApplyContext& context, search::ExpressionView formula,
             sdk::ArtefactSink& sink) const;

 private:
  const Problem& problem_;
  Options options_;
  FormulaProbe probe_;
  FormulaTrial trial_;
  search::ExpressionSpace space_;  // constant once bind_space was called
};

/// As many tokens as a reference known by name would have as a formula.
double complexity_of_rival(std::string_view name, const ProblemInfo& info);

}  // namespace equivolve::algorithm_discovery
