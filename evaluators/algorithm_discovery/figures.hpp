// The named figures of a trial: what they are called, and how predictions become them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::algorithm_discovery {

/// What was told about the judged rows of a task: classes, or standardised targets.
struct Told {
  std::vector<std::uint32_t> classes;
  std::vector<double> targets;
};

class Figures {
 public:
  Figures(const ProblemInfo& info, const Options& options);

  std::span<const eqv_figure> table() const { return table_; }
  /// Figures of one task, in the table's order; the objective is the first.
  void of_task(const Task& task, const Told& told, std::span<double> figures) const;
  /// Of a regression task, from its mean squared error and its targets' squared distance from their
  /// mean.
  void of_squared_error(const Task& task, double mean_squared_error, double squared_distance,
                        std::span<double> figures) const;
  /// Sets the figure `complexity` where there is one.
  void set_complexity(double tokens, std::span<double> figures) const;
  /// One value for each judged row whose mean is the objective.
  std::vector<double> items(const Task& task, const Told& told) const;
  /// Many tasks' figures (task after task, table().size() each) to one, as options.aggregate says.
  void aggregate(std::span<const double> of_tasks, std::span<double> figures) const;

 private:
  TaskKind kind_;
  bool balanced_;
  Aggregate aggregate_;
  std::uint32_t class_count_;
  bool complexity_;
  std::vector<std::string> units_;
  std::vector<eqv_figure> table_;
};

/// One-against-rest: told[row] becomes the class with the highest score; `scores` has a row-long
/// list a class, or, for two classes, one list, whose sign tells class 1 (score >= 0) from class 0.
void tell_classes(std::span<const double> scores, std::uint32_t classes,
                  std::span<std::uint32_t> told);

}  // namespace equivolve::algorithm_discovery
