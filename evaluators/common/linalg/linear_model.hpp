// score(x) = weights . x + intercept.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

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

/// Rows of features seen in place: row r starts at data[r * stride].
struct RowsView {
  const double* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;
};

}  // namespace equivolve::linalg
