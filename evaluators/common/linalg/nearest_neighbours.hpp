// The k nearest rows by Euclidean distance, exactly: every distance is looked at.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

template <class Scalar>
struct Neighbours {
  std::size_t k = 0;
  std::vector<std::uint32_t> indices;     ///< k a query: nearest first, of equally near the least
  std::vector<Scalar> squared_distances;  ///< sum_c (a_c - b_c)^2, in the same order
};

/// Of each query among the rows; both have the same columns, all numbers finite, 1 <= k <=
/// rows.rows. Blocks of |a|^2 - 2 a.b + |b|^2 by matrix products sort out what cannot be near, with
/// the bound on their rounding (Higham 2002, "Accuracy and stability of numerical algorithms", 2nd
/// edition, section 3.1); what remains is compared by its differences. So equal rows are at
/// distance 0 and ties are real. O(queries rows columns) time, 4 MiB of space beside copies.
/// Scalar: float or double. [any-thread]
template <class Scalar>
Neighbours<Scalar> nearest_neighbours(const MatrixView<Scalar>& queries,
                                      const MatrixView<Scalar>& rows, std::size_t k);

/// Of each row among the other rows: 1 <= k < rows.rows.
template <class Scalar>
Neighbours<Scalar> nearest_other_rows(const MatrixView<Scalar>& rows, std::size_t k);

extern template Neighbours<float> nearest_neighbours(const MatrixView<float>&,
                                                     const MatrixView<float>&, std::size_t);
extern template Neighbours<double> nearest_neighbours(const MatrixView<double>&,
                                                      const MatrixView<double>&, std::size_t);
extern template Neighbours<float> nearest_other_rows(const MatrixView<float>&, std::size_t);
extern template Neighbours<double> nearest_other_rows(const MatrixView<double>&, std::size_t);

}  // namespace equivolve::linalg
