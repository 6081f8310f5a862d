// Adam over a flat vector whose learning rate may change from step to step, with the direction
// before it is taken. Source: Kingma, Ba 2015, algorithm 1 (0.9, 0.999, 1e-8).
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace equivolve::sequence_design {

class AdamDirection {
 public:
  explicit AdamDirection(std::size_t n) : mean_(n, 0.0), square_(n, 0.0) {}

  /// What a step with the rate 1 would subtract.
  void next(std::span<const double> gradient, std::span<double> out) {
    power1_ *= kBeta1;
    power2_ *= kBeta2;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      mean_[i] = kBeta1 * mean_[i] + (1 - kBeta1) * gradient[i];
      square_[i] = kBeta2 * square_[i] + (1 - kBeta2) * gradient[i] * gradient[i];
      out[i] = mean_[i] / (1 - power1_) / (std::sqrt(square_[i] / (1 - power2_)) + 1e-8);
    }
  }

 private:
  static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  std::vector<double> mean_, square_;
  double power1_ = 1, power2_ = 1;
};

}  // namespace equivolve::sequence_design
