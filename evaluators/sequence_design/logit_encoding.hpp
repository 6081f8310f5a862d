// The numbers in which BDI moves a design. Source: Trabucco et al. 2022 (Design-Bench): smoothed
// one-hot vectors as logits against the first symbol, each coordinate standardised. On one-hot
// vectors that is linear in the probabilities, so the same formula takes any of them.
#pragma once

#include <span>
#include <vector>

#include "evaluators/sequence_design/offline.hpp"

namespace equivolve::sequence_design {

/// A value. [any-thread]
class LogitEncoding {
 public:
  enum class Scale { kStandardised, kPlain };
  /// Means and deviations of the view's rows; plain: 0 and 1 in their place.
  explicit LogitEncoding(const OfflineView& view, Scale scale = Scale::kStandardised);

  std::size_t size() const { return mean_.size(); }  ///< l (A - 1)
  void encode(std::span<const double> p, std::span<double> x) const;
  void encode(SequenceView sequence, std::span<double> x) const;
  /// Of each position the symbol of the greatest logit; the first of equal ones.
  Sequence decode(std::span<const double> x) const;
  /// The matrix that encode() takes to x: its rows add up to 1; far from all sequences its numbers
  /// are no probabilities (below 0, above 1).
  void unencode(std::span<const double> x, std::span<double> p) const;
  /// From the derivative by x to that by p.
  void pull_back(std::span<const double> by_x, std::span<double> by_p) const;

 private:
  std::size_t symbols_;
  double high_;  // logit of the symbol that stands there: ln of (0.6 + 0.4 / A) over (0.4 / A)
  std::vector<double> mean_, deviation_;
};

}  // namespace equivolve::sequence_design
