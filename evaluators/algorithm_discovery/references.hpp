// The hand-made rivals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/algorithm_discovery/figures.hpp"
#include "evaluators/common/linalg/linear_model.hpp"
#include "search/space/program_space.hpp"

namespace equivolve::algorithm_discovery {

/// A rival that is no program: one linear score a class (one alone for two classes), or one for
/// regression; "constant" has zero weights.
struct LinearRival {
  std::vector<linalg::LinearModel> models;
  /// Scores of one standardised row, as many as models.
  void scores(const double* row, std::uint32_t dimension, std::span<double> out) const;
};

/// Whether a name stands for a rival that `fit_rival` makes: logistic_regression and constant
/// (classification), ridge and constant (regression).
bool is_rival(std::string_view name, TaskKind kind);

/// Fits on the task's training rows. logistic_regression: L2, C = 1, one against the rest for more
/// than two classes, rows weighted as options.class_weights says. ridge: alpha = 1. constant: the
/// most frequent class (first on ties), the mean.
LinearRival fit_rival(std::string_view name, const Task& task, bool balanced);

/// What a rival tells about the judged rows.
Told tell(const LinearRival& rival, const Task& task);

/// JSON list of {"name", "summary"}: the rivals alone.
std::string list_rivals(const ProblemInfo& info);

/// JSON list of {"name", "summary"} and, for programs, "genome". Programs are named only where
/// `space` holds their operations, memories and lengths.
std::string list_references(const ProblemInfo& info, const search::ProgramSpace& space,
                            bool synthetic_two_layer);

}  // namespace equivolve::algorithm_discovery
