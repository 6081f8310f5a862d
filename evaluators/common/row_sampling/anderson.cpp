#include "evaluators/common/row_sampling/anderson.hpp"

#include <Eigen/QR>

namespace equivolve::row_sampling {

void AndersonMixing::forget() {
  steps_.clear();
  last_residual_.resize(0, 0);
}

AndersonMixing::Matrix AndersonMixing::next(const Matrix& point, const Matrix& image,
                                            const Matrix& whitening) {
  const Matrix residual = image - point;
  if (last_residual_.size() > 0) {
    steps_.push_back({residual - last_residual_, image - last_image_});
    if (steps_.size() > kMemory) steps_.pop_front();
  }
  last_residual_ = residual;
  last_image_ = image;
  if (steps_.empty()) return image;
  const auto whitened = [&](const Matrix& of) -> Eigen::VectorXd {
    const Matrix turned = whitening.transpose() * of * whitening;
    return turned.reshaped();
  };
  Matrix changes(residual.size(), static_cast<Eigen::Index>(steps_.size()));
  for (std::size_t k = 0; k < steps_.size(); ++k)
    changes.col(static_cast<Eigen::Index>(k)) = whitened(steps_[k].residual);
  const Eigen::VectorXd shares = changes.colPivHouseholderQr().solve(whitened(residual));
  Matrix out = image;
  for (std::size_t k = 0; k < steps_.size(); ++k)
    out -= shares(static_cast<Eigen::Index>(k)) * steps_[k].image;
  return out;
}

}  // namespace equivolve::row_sampling
