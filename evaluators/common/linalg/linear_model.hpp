// score(x) = weights . x + intercept.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

struct LinearModel {
  std::vector<double> weights;
  double intercept = 0;
  double score(std::span<const double> x) const {
    double sum = intercept;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * x[i];
    return sum;
  }
};

/// Rows of features seen in place.
using RowsView = MatrixView<double>;

}  // namespace equivolve::linalg
