// One step of Adam on one run of parameters: what Adam and SOAP have in common.
#pragma once

#include <cmath>
#include <cstddef>

namespace equivolve::nn {

/// Formulas: adam.hpp. The corrections for the moments' start at zero are worked out in double.
template <class Scalar>
struct AdamKernel {
  AdamKernel(double beta1, double beta2, double epsilon_, double power1, double power2, double rate)
      : keep1(static_cast<Scalar>(beta1)),
        add1(static_cast<Scalar>(1 - beta1)),
        keep2(static_cast<Scalar>(beta2)),
        add2(static_cast<Scalar>(1 - beta2)),
        epsilon(static_cast<Scalar>(epsilon_)),
        scale1(static_cast<Scalar>(rate / (1 - power1))),
        scale2(static_cast<Scalar>(1 / (1 - power2))) {}

  Scalar move(Scalar mean, Scalar square) const {
    return scale1 * mean / (std::sqrt(scale2 * square) + epsilon);
  }

  void run(std::size_t n, Scalar* __restrict w, const Scalar* __restrict gradient,
           Scalar* __restrict mean, Scalar* __restrict square) const {
    for (std::size_t i = 0; i < n; ++i) {
      const Scalar g = gradient[i] + penalty * w[i];
      mean[i] = keep1 * mean[i] + add1 * g;
      square[i] = keep2 * square[i] + add2 * (g * g);
      w[i] = kept * w[i] - move(mean[i], square[i]);
    }
  }

  Scalar keep1, add1, keep2, add2, epsilon;
  Scalar scale1, scale2;
  Scalar penalty = 0;  // coupled decay
  Scalar kept = 1;     // share of a weight that decoupled decay leaves
};

}  // namespace equivolve::nn
