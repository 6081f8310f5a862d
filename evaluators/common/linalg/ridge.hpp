// Least squares with an L2 penalty.
#pragma once

#include "evaluators/common/linalg/linear_model.hpp"

namespace equivolve::linalg {

/// Minimises sum (y - score(x))^2 + alpha |weights|^2; the intercept is not penalised (Hoerl and
/// Kennard 1970; alpha as in scikit-learn's Ridge). alpha > 0, or >= 0 where the columns are
/// independent. [any-thread]
LinearModel fit_ridge(const RowsView& x, std::span<const double> y, double alpha);

}  // namespace equivolve::linalg
