// l_p Lewis weights: the one w with w_i = leverage score of row i of W^(1/2 - 1/p) A. Sources:
// Lewis 1978, "Finite dimensional subspaces of L_p", Studia Math. 63; Cohen, Peng 2015, "l_p row
// sampling by Lewis weights", STOC (the map for p < 4, here among quadratic forms and with
// Anderson's acceleration). For p > 4 the undamped map w <- t is used: it contracts by at most 1 -
// 2/p near the fixed point, for every p.
#pragma once

#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::row_sampling {

/// Up to this p the fixed point is sought among quadratic forms.
inline constexpr double kForms = 4;

struct LewisSettings {
  double tolerance = 1e-6;  ///< of max |log t - log w|
  unsigned rounds = 200;    ///< at most
};

struct LewisWeights {
  std::vector<double> weights;  ///< in [0, 1], sum the number of columns; 0 of zero rows
  unsigned rounds = 0;          ///< passes over the rows
  bool converged = true;
};

/// `a`: full column rank and well conditioned (a Basis is). p in [1, kLargestPower]. Where the map
/// does not converge in time, the last weights are given. One pass over the rows a round, no copy.
/// [any-thread]
LewisWeights lewis_weights(const linalg::Matrix<double>& a, double p,
                           const LewisSettings& settings = {});

/// A in the basis in which all searches go: C = A R^-1 with R of the QR of W^(1/2 - 1/p) A, so that
/// C^T W^(1 - 2/p) C = I. R is an upper triangle.
struct LewisBasis {
  linalg::Matrix<double> rows;
  std::vector<double> weights;  ///< Lewis weights
  double p = 2;
  unsigned rounds = 0;  ///< that they took
  bool converged = true;
};
LewisBasis lewis_basis(const linalg::Matrix<double>& a, double p,
                       const LewisSettings& settings = {});

}  // namespace equivolve::row_sampling
