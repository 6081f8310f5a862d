// Fewer unknowns where there are more columns than rows: with an L2 penalty the best weights are a
// combination of the rows (representer theorem), so rows columns suffice.
#pragma once

#include <memory>
#include <vector>

#include "evaluators/common/linalg/linear_model.hpp"

namespace equivolve::linalg {

/// An orthonormal basis of the span of the rows, by Householder's QR, and the rows in it. A
/// rotation changes neither scores nor the penalty, so a model fitted on view() and expanded is the
/// model of the rows themselves.
class RowSpace {
 public:
  explicit RowSpace(const RowsView& x);  ///< x.columns > x.rows
  ~RowSpace();

  RowsView view() const;  ///< as many columns as rows; lives as long as this
  LinearModel expanded(const LinearModel& fitted) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace equivolve::linalg
