// What every search over directions x needs of f(x) = sum_j v_j |c_j . x|^p, for many x at once and
// in one pass over the rows: values, gradients, reweighted Gram matrices. Only this folder's .cpp
// files include it.
//
// The Gram matrices of R directions are one product: the d (d + 1) / 2 products of each row's
// entries, worked out for some rows at a time, times a column of weights for each direction. So a
// pass costs about n d^2 R fused multiply-adds at the speed of a matrix product, and no memory that
// grows with n.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::row_sampling {

using Directions = linalg::EigenMatrix<double>;  ///< one a column
using Figures = Eigen::VectorXd;                 ///< one a direction

/// |y|^p and max(|y|, e)^(p - 2) over blocks of numbers; common powers without exp and log.
class Powers {
 public:
  explicit Powers(double p);
  double p() const { return p_; }
  /// weights = max(|y|, floor)^(p - 2), a floor for each column; floor at least 1e-150 is taken.
  void weights(const Directions& y, const Figures& floors, Directions& out) const;
  /// |y|^p.
  void values(const Directions& y, Directions& out) const;

 private:
  double p_;
};

/// Rows with weights. Refers to `rows`.
struct WeightedRows {
  const linalg::EigenRows<double>* rows = nullptr;
  Eigen::VectorXd weights;  ///< v; empty: all 1
  double total = 0;         ///< sum of v

  explicit WeightedRows(const linalg::EigenRows<double>& r)
      : rows(&r), total(static_cast<double>(r.rows())) {}
  WeightedRows(const linalg::EigenRows<double>& r, Eigen::VectorXd v)
      : rows(&r), weights(std::move(v)), total(weights.sum()) {}
  Eigen::Index count() const { return rows->rows(); }
  Eigen::Index dimension() const { return rows->cols(); }
};

/// Reusable; one thread at a time.
class Moments {
 public:
  Moments(const WeightedRows& rows, double p);

  /// f of each direction.
  Figures values(const Directions& x);

  /// f, and the packed lower triangle of C^T diag(v max(|Cx|, floor)^(p-2)) C, a column for each
  /// direction; and where wanted C^T (v sgn(Cx) |Cx|^(p-1)).
  void pass(const Directions& x, const Figures& floors, Directions* gradients);
  const Figures& f() const { return f_; }
  /// Of direction r, unpacked into its lower triangle.
  void gram(Eigen::Index r, linalg::EigenMatrix<double>& out) const;

  /// f(x + t direction), a row for each step t.
  Directions values_along(const Directions& x, const Directions& directions,
                          const std::vector<double>& steps);

  /// Of y_j = v_j max(|c_j x|, floor)^(p-2) (c_j z), in the scale where the rows are v^(1/p) c:
  /// the q-norm to the power p, 1/p + 1/q = 1 (the maximum where p = 1).
  Figures dual_norms(const Directions& x, const Figures& floors, const Directions& z);

 private:
  template <class Body>
  void for_chunks(Body&& body);
  auto weights_of(Eigen::Index at, Eigen::Index count) const {
    return rows_.weights.segment(at, count);
  }
  bool weighted() const { return rows_.weights.size() > 0; }

  const WeightedRows& rows_;
  Powers powers_;
  Eigen::Index packed_;
  Directions chunk_, products_, y_, z_, w_, t_;
  Figures f_;
  Directions packed_grams_;
};

}  // namespace equivolve::row_sampling
