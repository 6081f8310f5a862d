// Moments of weights over the snapshots of a training, and networks drawn from them (SWAG with a
// diagonal covariance). Source: Maddox, Garipov, Izmailov, Vetrov, Wilson 2019, "A simple baseline
// for Bayesian uncertainty in deep learning" (NeurIPS), section 3.2: mean and mean square of the
// weights, variance = mean square - mean^2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hashing/stream.hpp"

namespace equivolve::nn {

/// A value. Kept in double also for weights in float, whose digits the difference of the two
/// moments would use up. add and sample allocate nothing. [one user at a time]
class WeightMoments {
 public:
  explicit WeightMoments(std::size_t parameters);

  /// One more snapshot, as long as the parameters. Scalar: float or double.
  template <class Scalar>
  void add(std::span<const Scalar> parameters);

  std::uint64_t snapshots() const { return snapshots_; }
  std::span<const double> mean() const { return mean_; }
  std::span<const double> mean_square() const { return mean_square_; }
  double variance(std::size_t i) const;  ///< of parameter i, divided by snapshots; at least 0

  /// mean + sqrt(scale variance) z into `out`, z standard normal, one draw of the stream for each
  /// parameter in order. scale: at least 0; 1 is the fitted normal distribution. At least one
  /// snapshot.
  template <class Scalar>
  void sample(hashing::Stream& stream, double scale, std::span<Scalar> out) const;

 private:
  std::vector<double> mean_, mean_square_;
  std::uint64_t snapshots_ = 0;
};

extern template void WeightMoments::add(std::span<const float>);
extern template void WeightMoments::add(std::span<const double>);
extern template void WeightMoments::sample(hashing::Stream&, double, std::span<float>) const;
extern template void WeightMoments::sample(hashing::Stream&, double, std::span<double>) const;

}  // namespace equivolve::nn
