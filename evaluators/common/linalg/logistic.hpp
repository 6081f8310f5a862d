// Logistic regression with an L2 penalty.
#pragma once

#include "evaluators/common/linalg/linear_model.hpp"

namespace equivolve::linalg {

/// Minimises |weights|^2 / 2 + c * sum_i w_i log(1 + exp(-t_i score(x_i))), t_i = +1 where
/// positive[i] is not 0, else -1; the intercept is not penalised (scikit-learn's LogisticRegression
/// with that C). `sample_weights` empty: all 1. Newton's method (iteratively reweighted least
/// squares) with step halving, until the gradient's largest element is below 1e-10 (1 + c n) or 100
/// steps. Both classes must occur. [any-thread]
LinearModel fit_logistic(const RowsView& x, std::span<const unsigned char> positive,
                         std::span<const double> sample_weights, double c);

}  // namespace equivolve::linalg
