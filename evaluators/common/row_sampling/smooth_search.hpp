// Sensitivities of many rows at once for p away from 1 and infinity, where ||C x||_p^p is smooth
// enough for a quasi-Newton method: a step needs values and gradients alone, which cost 1/d of the
// Gram matrices that Newton's needs. Only this folder's .cpp files include it.
#pragma once

#include <vector>

#include "evaluators/common/row_sampling/moments.hpp"
#include "evaluators/common/row_sampling/sensitivities.hpp"

namespace equivolve::row_sampling {

/// sigma = max_x |a . x|^p / f(x), f(x) = ||C x||_p^p, is found where f(x) / p - a . x is least: a
/// convex function without constraints, whose best point along a ray is known. BFGS (Nocedal,
/// Wright 2006, "Numerical optimization", ch. 6) in the Lewis basis, each target with its own
/// inverse Hessian. Gradients are summed in single precision: an error of 1e-6 of a gradient moves
/// the value by about 1e-12. What is reported is worked out in double precision, and both of its
/// ends are proved: `low` by a point, `high` by a feasible point of the dual, y = |Cx|^(p-1)
/// sgn(Cx) / f corrected by W^(1 - 2/p) C (a - C^T y), since C^T W^(1 - 2/p) C = I.
class SmoothSearch {
 public:
  static bool covers(double p) { return p >= 1.2 && p <= 6 && p != 2; }

  /// Refers to `rows`, those of `a`. Holds them in single precision as well.
  SmoothSearch(const LewisBasis& a, const linalg::EigenRows<double>& rows);

  /// Of `targets`, rows in columns, none of them 0. [any-thread]
  std::vector<Sensitivity> search(const Directions& targets) const;

 private:
  class Target;
  using Single = linalg::EigenMatrix<float>;

  Directions slopes(const Directions& points) const;
  std::vector<Sensitivity> certify(const Directions& targets, const Directions& points) const;

  double p_;
  const linalg::EigenRows<double>& rows_;
  linalg::EigenRows<float> single_rows_;
  Eigen::VectorXd correction_;  ///< W^(1 - 2/p)
};

}  // namespace equivolve::row_sampling
