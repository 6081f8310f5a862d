// l_p regression of a matrix's last column on the others, from all rows and from a weighted sample.
// With z the coefficients and -1 (or any fixed number) for the last column it is the convex search
// of sensitivities.hpp.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "evaluators/common/row_sampling/lewis.hpp"
#include "evaluators/common/row_sampling/sampling.hpp"

namespace equivolve::row_sampling {

/// Directions in the Lewis basis with the last coordinate fixed; holds the solution of all rows.
/// The basis has to end in the column that is regressed (basis.hpp says when it does).
class RegressionMeter {
 public:
  /// Refers to `a`, which must outlive it.
  explicit RegressionMeter(const LewisBasis& a);
  ~RegressionMeter();
  RegressionMeter(RegressionMeter&&) noexcept;

  /// ||A z(sample)||_p / ||A z||_p - 1, not below 0; infinite where the sample is rank deficient; 0
  /// where all rows are fitted exactly by both. [any-thread]
  double error(const Sample& sample) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// b ~ X beta: `a` holds the columns of X and then b. Coefficients in a's own units, from all rows
/// where `sample` is null. Empty where they are not determined: X's columns depend on each other,
/// or do in the sample. [any-thread]
std::vector<double> regression_coefficients(const linalg::MatrixView<double>& a, double p,
                                            const Sample* sample);

}  // namespace equivolve::row_sampling
