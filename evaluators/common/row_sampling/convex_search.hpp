// min { sum_j v_j |c_j . x|^p : a . x = 1 } for many a at once. Only this folder's .cpp files
// include it.
#pragma once

#include "evaluators/common/row_sampling/moments.hpp"

namespace equivolve::row_sampling {

struct ConvexSettings {
  unsigned iterations = 20;
  double tolerance = 1e-10;  ///< of the value, relative; for p > 1
  bool certify = false;
};
/// As many as convergence takes: 40 at p = 1, 20 below 2, 1 at 2, 30 above.
unsigned usual_iterations(double p);

struct ConvexMinima {
  Directions x;   ///< feasible: a . x = 1
  Figures value;  ///< sum_j v_j |c_j . x|^p
  Figures bound;  ///< where certified: no feasible x has a value below 1 / bound
};

/// `targets`: the a, one a column, none of them 0. The rows should be in the Lewis basis, or close.
ConvexMinima minimise(const WeightedRows& rows, double p, const Directions& targets,
                      const ConvexSettings& settings);

}  // namespace equivolve::row_sampling
