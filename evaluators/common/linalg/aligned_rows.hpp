// Rows copied so that each begins at an aligned address and ends in zeros: the distance of two rows
// is then the same wherever the two lie, and equal rows have distance 0. Only this folder's .cpp
// files include it.
#pragma once

#include <vector>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::linalg {

template <class Scalar>
class AlignedRows {
 public:
  using Row = Eigen::Map<const EigenVector<Scalar>, Eigen::AlignedMax>;

  /// `offset`: subtracted from every row; empty: nothing is. As long as a row.
  explicit AlignedRows(const MatrixView<Scalar>& x, const std::vector<double>& offset = {})
      : rows_(to_index(x.rows), padded(x.columns)) {
    rows_.setZero();
    for (std::size_t r = 0; r < x.rows; ++r)
      for (std::size_t c = 0; c < x.columns; ++c)
        rows_(to_index(r), to_index(c)) =
            offset.empty() ? x(r, c) : static_cast<Scalar>(x(r, c) - offset[c]);
  }

  const EigenRows<Scalar>& all() const { return rows_; }
  Row row(std::size_t r) const {
    return Row(rows_.data() + to_index(r) * rows_.cols(), rows_.cols());
  }
  Scalar squared_distance(std::size_t r, const Row& other) const {
    return (row(r) - other).squaredNorm();
  }

 private:
  static Eigen::Index padded(std::size_t columns) {
    constexpr std::size_t kStep = 64 / sizeof(Scalar);
    return to_index((columns + kStep - 1) / kStep * kStep);
  }

  EigenRows<Scalar> rows_;
};

}  // namespace equivolve::linalg
