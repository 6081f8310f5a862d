// Anderson's acceleration of a fixed-point map of symmetric matrices (Anderson 1965, "Iterative
// procedures for nonlinear integral equations", J. ACM 12; Walker, Ni 2011, SIAM J. Numer. Anal.
// 49). Only this folder's .cpp files include it.
#pragma once

#include <Eigen/Core>
#include <deque>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::row_sampling {

class AndersonMixing {
 public:
  using Matrix = linalg::EigenMatrix<double>;

  /// Where to take the map next, after `image` = F(`point`): the combination of the points so far
  /// whose residuals F(point) - point nearly cancel. They are measured as V^T . V, V = `whitening`.
  Matrix next(const Matrix& point, const Matrix& image, const Matrix& whitening);
  void forget();

 private:
  static constexpr std::size_t kMemory = 6;
  struct Step {
    Matrix residual, image;  ///< differences between one point and the one before
  };
  std::deque<Step> steps_;
  Matrix last_residual_, last_image_;  ///< empty: none
};

}  // namespace equivolve::row_sampling
