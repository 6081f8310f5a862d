// What a formula is run on for its digest.
#pragma once

#include <vector>

#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/common/interpreters/expression_fit.hpp"
#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/expression.hpp"

namespace equivolve::algorithm_discovery {

/// How finely outputs are told apart: far coarser than rounding, finer than two fits of one formula
/// that ended at different numbers.
inline constexpr std::uint32_t kFormulaMantissaBits = 36;

/// Rows of the problem's own data outside its test split, in the units that formulas read: what a
/// formula does far from them does not matter, and only real rows show where it is not finite.
/// 1,024 of them (or all): first those where an input is smallest or largest, for up to 16 inputs,
/// then others at random. The same for every seed.
class FormulaProbe {
 public:
  /// `pool`: the rows outside the test split.
  FormulaProbe(const Task& pool, const Options& options);

  /// Puts out its size where that is a figure; its values on all rows; and, where numbers are
  /// fitted, how many it has and its values on 64 rows after a fit to two in three of these.
  /// (Fitted values alone would merge more, and wrongly: the trials' fits start elsewhere, and one
  /// of them may end in another minimum.) `formula` in canonical order, so that formulas that
  /// differ in it alone do the same sums. [any-thread]
  void run(search::ExpressionView formula, sdk::OutputSink& sink) const;

 private:
  interpreters::ColumnsView first_rows(std::size_t rows) const {
    return {inputs_.data(), rows, count_, Examples::kSpareInputs};
  }

  // Constant after construction.
  std::size_t count_ = 0, rows_of_fit_ = 0, fitted_rows_ = 0;
  std::vector<double> inputs_, outputs_;
  interpreters::FitSettings fit_;
  bool complexity_;
};

}  // namespace equivolve::algorithm_discovery
