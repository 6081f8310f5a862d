// Matrices as this folder's headers speak of them: row-major, in float or double.
#pragma once

#include <cstddef>
#include <vector>

namespace equivolve::linalg {

/// Rows seen in place: row r starts at data[r * stride].
template <class Scalar>
struct MatrixView {
  const Scalar* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;

  Scalar operator()(std::size_t r, std::size_t c) const { return data[r * stride + c]; }
};

/// Rows that lie one after the other.
template <class Scalar>
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<Scalar> values;  ///< rows x columns

  Matrix() = default;
  Matrix(std::size_t rows_, std::size_t columns_)
      : rows(rows_), columns(columns_), values(rows_ * columns_, Scalar(0)) {}

  Scalar& operator()(std::size_t r, std::size_t c) { return values[r * columns + c]; }
  Scalar operator()(std::size_t r, std::size_t c) const { return values[r * columns + c]; }
  MatrixView<Scalar> view() const { return {values.data(), rows, columns, columns}; }
};

}  // namespace equivolve::linalg
