// An orthonormal basis of a matrix's columns. Every score but the row norm depends on the span of
// the columns alone, so all that is expensive or delicate happens in this basis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::row_sampling {

/// Powers p of the norms that this folder works with: 1 to here.
inline constexpr double kLargestPower = 50;

struct Basis {
  linalg::Matrix<double> q;          ///< rows x rank, Q^T Q = I
  std::vector<std::size_t> columns;  ///< of A, ascending, whose span it is; as many as the rank
  std::vector<std::size_t> dropped;  ///< the others: they depend on those
};

/// Refused, in words: no rows or columns, a number that is not finite (row and column from 1), only
/// zeros, fewer rows than independent columns need to be told apart (rows < columns). Where columns
/// depend on each other (relative size of a singular value below 1e-11, columns scaled to length
/// 1), those that depend on columns before them are dropped. The change of basis is triangular: the
/// coefficient of the last kept column is that of the last basis vector, but for a factor.
/// Cholesky-QR where the columns are well conditioned, twice below a reciprocal condition of 0.01
/// (Yamamoto et al. 2015, "Roundoff error analysis of the CholeskyQR2 algorithm", ETNA 44), else
/// Householder's reflections. Memory: the result, or three times as much with reflections.
/// [any-thread]
tl::expected<Basis, std::string> orthonormal_basis(const linalg::MatrixView<double>& a);

/// Leverage scores: the squared lengths of the basis's rows. In [0, 1]; they sum to the rank.
std::vector<double> leverage_scores(const Basis& basis);

}  // namespace equivolve::row_sampling
