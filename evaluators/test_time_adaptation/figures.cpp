#include "evaluators/test_time_adaptation/figures.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::test_time_adaptation {

void Scores::add(const Scores& other) {
  samples += other.samples;
  wrong += other.wrong;
  brier += other.brier;
  nll += other.nll;
}

void Calibration::add(double greatest_probability, bool right) {
  const double place = greatest_probability * static_cast<double>(kBins);
  Bin& bin = bins_[std::min(kBins - 1, static_cast<std::size_t>(std::max(0.0, place)))];
  ++bin.samples;
  bin.right += right;
  bin.confidence += greatest_probability;
}

void Calibration::add(const Calibration& other) {
  for (std::size_t b = 0; b < kBins; ++b) {
    bins_[b].samples += other.bins_[b].samples;
    bins_[b].right += other.bins_[b].right;
    bins_[b].confidence += other.bins_[b].confidence;
  }
}

double Calibration::error() const {
  double sum = 0;
  std::uint64_t samples = 0;
  for (const Bin& bin : bins_) {
    sum += std::abs(static_cast<double>(bin.right) - bin.confidence);
    samples += bin.samples;
  }
  return samples == 0 ? 0 : sum / static_cast<double>(samples);
}

template <class Scalar>
Scores score_batch(std::span<const Scalar> logits, std::size_t classes,
                   std::span<const std::uint32_t> labels, Calibration& calibration,
                   std::span<double> nll) {
  Scores scores;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = logits.subspan(i * classes, classes);
    const auto best =
        static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    const double greatest = row[best];
    double total = 0;
    for (const Scalar logit : row) total += std::exp(logit - greatest);
    const double log_total = greatest + std::log(total);
    double brier = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      const double d = std::exp(row[k] - log_total) - (labels[i] == k ? 1 : 0);
      brier += d * d;
    }
    const double loss = log_total - row[labels[i]];
    const bool right = best == labels[i];
    ++scores.samples;
    scores.wrong += !right;
    scores.brier += brier;
    scores.nll += loss;
    calibration.add(std::exp(greatest - log_total), right);
    if (!nll.empty()) nll[i] = loss;
  }
  return scores;
}

template Scores score_batch(std::span<const float>, std::size_t, std::span<const std::uint32_t>,
                            Calibration&, std::span<double>);
template Scores score_batch(std::span<const double>, std::size_t, std::span<const std::uint32_t>,
                            Calibration&, std::span<double>);

}  // namespace equivolve::test_time_adaptation
