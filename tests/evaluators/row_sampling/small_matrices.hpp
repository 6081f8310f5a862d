// Matrices that several tests of row_sampling share.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <ostream>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"
#include "evaluators/common/row_sampling/basis.hpp"
#include "evaluators/common/row_sampling/families.hpp"
#include "evaluators/common/row_sampling/lewis.hpp"

namespace equivolve::test {

struct FamilyAndPower {
  row_sampling::Family family;
  double p;
};
inline void PrintTo(const FamilyAndPower& of, std::ostream* out) {
  *out << row_sampling::family_name(of.family) << " p " << of.p;
}

inline std::vector<std::uint32_t> first_rows(std::size_t n) {
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

inline double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

inline row_sampling::LewisBasis lewis_of(const linalg::Matrix<double>& a, double p) {
  return row_sampling::lewis_basis(row_sampling::orthonormal_basis(a.view())->q, p);
}

/// ||A x||_p^p, rows weighted.
inline double power_sum(const linalg::Matrix<double>& a, const std::vector<double>& x, double p) {
  double sum = 0;
  for (std::size_t r = 0; r < a.rows; ++r) {
    double y = 0;
    for (std::size_t c = 0; c < a.columns; ++c) y += a(r, c) * x[c];
    sum += std::pow(std::abs(y), p);
  }
  return sum;
}

}  // namespace equivolve::test
