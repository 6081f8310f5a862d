// How far a weighted sample S of the rows bends the norm: the maximum over x of
// | ||S A x||_p / ||A x||_p - 1 |. At p = 2 it is exact, by eigenvalues. At other p the maximum is
// not one of a concave function: a search from many starts finds a lower bound.
#pragma once

#include <memory>

#include "evaluators/common/row_sampling/lewis.hpp"
#include "evaluators/common/row_sampling/sampling.hpp"

namespace equivolve::row_sampling {

struct DistortionSettings {
  unsigned iterations = 12;
  unsigned refined = 4;  ///< starts that are refined in each direction
  unsigned gaussian_starts = 4;
};

struct Distortion {
  double low = 0;          ///< the smallest ratio found (0 of a deficient sample)
  double high = 0;         ///< the largest
  double distortion = 0;   ///< max(1 - low, high - 1)
  bool exact = false;      ///< p = 2; else a lower bound of the true one
  bool deficient = false;  ///< the sample has fewer independent columns than the matrix
};

/// Holds what samples of one matrix have in common. measure() is [any-thread].
class DistortionMeter {
 public:
  /// Refers to `a`, which must outlive it.
  explicit DistortionMeter(const LewisBasis& a);
  ~DistortionMeter();
  DistortionMeter(DistortionMeter&&) noexcept;

  /// Deterministic: the starts are eigenvectors, rows, and the same normals every time.
  Distortion measure(const Sample& sample, const DistortionSettings& settings = {}) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace equivolve::row_sampling
