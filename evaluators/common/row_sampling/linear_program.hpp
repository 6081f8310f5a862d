// The p = 1 sensitivities as linear programs, which are exact where smoothing is not. Only this
// folder's .cpp files include it.
#pragma once

#include <memory>

#include "evaluators/common/row_sampling/moments.hpp"
#include "evaluators/common/row_sampling/sensitivities.hpp"

namespace equivolve::row_sampling {

/// min { ||C x||_1 : a . x = 1 } by its dual, max { l : C^T y = l a, -1 <= y_j <= 1 }: d equations,
/// however many rows there are. Simplex method (Clp), from the vertex next to an approximate x.
class SensitivityProgram {
 public:
  /// Refers to both; `a`.p is 1 and `rows` are its rows, so that C^T W^-1 C = I.
  SensitivityProgram(const LewisBasis& a, const linalg::EigenRows<double>& rows);
  ~SensitivityProgram();

  /// Of `target`, a row that is not 0. `low` is that of the x that was found, `high` that of its y,
  /// corrected to be feasible: both hold whatever the solver says. One thread at a time.
  Sensitivity solve(const Eigen::VectorXd& target, const Eigen::VectorXd& near);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace equivolve::row_sampling
