// Exponential moving average of weights: average = decay average + (1 - decay) weights. Source:
// Polyak, Juditsky 1992, "Acceleration of stochastic approximation by averaging", in the
// exponential form of Tarvainen, Valpola 2017, "Mean teachers are better role models" (NeurIPS).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace equivolve::nn {

struct WeightAverageSettings {
  double decay = 0.999;  ///< 0 to below 1
  /// On: the average starts at 0 and is divided by 1 - decay^t, so that it weighs the t weights
  /// seen alone. Off: it starts at the first weights seen.
  bool corrected = false;
};

/// "" or why these settings cannot be used.
std::string refused(const WeightAverageSettings& settings);

/// A value. update allocates nothing. Scalar: float or double. [one user at a time]
template <class Scalar>
class WeightAverage {
 public:
  WeightAverage(std::size_t parameters, WeightAverageSettings settings);

  void update(std::span<const Scalar> parameters);

  /// The average into `out`, as long as the parameters; update was called at least once.
  void read(std::span<Scalar> out) const;

 private:
  WeightAverageSettings settings_;
  std::vector<double> sum_;  // in float, small shares of new weights would be lost
  double power_ = 1;         // decay^t
};

extern template class WeightAverage<float>;
extern template class WeightAverage<double>;

}  // namespace equivolve::nn
