// How well a stream was predicted: error, Brier score, negative log-likelihood and calibration, of
// each segment, each round and over time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace equivolve::test_time_adaptation {

/// Sums over samples.
struct Scores {
  std::uint64_t samples = 0, wrong = 0;
  double brier = 0;  ///< sum_k (p_k - [y = k])^2, 0 .. 2 a sample
  double nll = 0;    ///< -log p_y, by log-softmax; nothing is clipped

  void add(const Scores& other);
  double error() const { return mean(static_cast<double>(wrong)); }
  double mean_brier() const { return mean(brier); }
  double mean_nll() const { return mean(nll); }

 private:
  double mean(double sum) const { return samples == 0 ? 0 : sum / static_cast<double>(samples); }
};

/// Expected calibration error (Guo et al. 2017, ICML, equation 3): samples in 15 bins of equal
/// width by their greatest probability; the mean over samples of |share told right - mean greatest
/// probability| of their bin.
class Calibration {
 public:
  void add(double greatest_probability, bool right);
  void add(const Calibration& other);
  double error() const;

 private:
  static constexpr std::size_t kBins = 15;
  struct Bin {
    std::uint64_t samples = 0, right = 0;
    double confidence = 0;
  };
  std::array<Bin, kBins> bins_;
};

/// The scores of one batch of logits (samples x classes). `nll` gets each sample's if it is not
/// empty.
template <class Scalar>
Scores score_batch(std::span<const Scalar> logits, std::size_t classes,
                   std::span<const std::uint32_t> labels, Calibration& calibration,
                   std::span<double> nll = {});

}  // namespace equivolve::test_time_adaptation
