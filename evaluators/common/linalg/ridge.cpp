#include "evaluators/common/linalg/ridge.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "evaluators/common/linalg/row_space.hpp"

namespace equivolve::linalg {

LinearModel fit_ridge(const RowsView& x, std::span<const double> y, double alpha) {
  if (x.columns > x.rows) {
    const RowSpace space(x);
    return space.expanded(fit_ridge(space.view(), y, alpha));
  }
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rows = static_cast<Eigen::Index>(x.rows),
             columns = static_cast<Eigen::Index>(x.columns);
  // Copies, because Eigen's sums over borrowed memory depend, in the last bit, on where it happens
  // to be aligned.
  const Matrix features = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>(
      x.data, rows, columns, Eigen::OuterStride<>(static_cast<Eigen::Index>(x.stride)));
  const Eigen::VectorXd target = Eigen::Map<const Eigen::VectorXd>(y.data(), rows);

  // Centred data take the intercept out of the problem.
  const Eigen::RowVectorXd centre = features.colwise().mean();
  const double middle = target.mean();
  const Matrix centred = features.rowwise() - centre;
  Eigen::MatrixXd normal = centred.transpose() * centred;
  normal.diagonal().array() += alpha;
  const Eigen::VectorXd right = centred.transpose() * (target.array() - middle).matrix();
  const Eigen::VectorXd weights = normal.ldlt().solve(right);

  LinearModel model;
  model.weights.assign(weights.data(), weights.data() + columns);
  model.intercept = middle - centre * weights;
  return model;
}

}  // namespace equivolve::linalg
