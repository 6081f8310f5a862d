#include "evaluators/common/linalg/row_space.hpp"

#include <Eigen/Core>
#include <Eigen/QR>

namespace equivolve::linalg {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct RowSpace::Parts {
  explicit Parts(const Eigen::MatrixXd& columns) : qr(columns) {}
  Eigen::HouseholderQR<Eigen::MatrixXd> qr;  // of the transposed rows
  RowMajor rows;                             // in the basis
};

RowSpace::RowSpace(const RowsView& x) {
  const auto rows = static_cast<Eigen::Index>(x.rows),
             columns = static_cast<Eigen::Index>(x.columns);
  const Eigen::MatrixXd transposed =
      Eigen::Map<const RowMajor, 0, Eigen::OuterStride<>>(
          x.data, rows, columns, Eigen::OuterStride<>(static_cast<Eigen::Index>(x.stride)))
          .transpose();
  parts_ = std::make_unique<Parts>(transposed);
  const Eigen::MatrixXd triangle =
      parts_->qr.matrixQR().topRows(rows).triangularView<Eigen::Upper>();
  parts_->rows = triangle.transpose();
}

RowSpace::~RowSpace() = default;

RowsView RowSpace::view() const {
  const auto size = static_cast<std::size_t>(parts_->rows.rows());
  return {parts_->rows.data(), size, size, size};
}

LinearModel RowSpace::expanded(const LinearModel& fitted) const {
  Eigen::VectorXd weights = Eigen::VectorXd::Zero(parts_->qr.rows());
  weights.head(parts_->rows.rows()) = Eigen::Map<const Eigen::VectorXd>(
      fitted.weights.data(), static_cast<Eigen::Index>(fitted.weights.size()));
  weights = parts_->qr.householderQ() * weights;
  LinearModel model;
  model.weights.assign(weights.data(), weights.data() + weights.size());
  model.intercept = fitted.intercept;
  return model;
}

}  // namespace equivolve::linalg
