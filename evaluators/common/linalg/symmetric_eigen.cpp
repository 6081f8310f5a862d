#include "evaluators/common/linalg/symmetric_eigen.hpp"

#include <Spectra/SymEigsSolver.h>
#include <Spectra/Util/SimpleRandom.h>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::linalg {
namespace {

template <class Scalar>
SymmetricEigen<Scalar> signed_pairs(const EigenVector<Scalar>& values,
                                    EigenMatrix<Scalar> vectors) {
  for (Eigen::Index i = 0; i < vectors.cols(); ++i) {
    Eigen::Index largest = 0;
    vectors.col(i).cwiseAbs().maxCoeff(&largest);
    if (vectors(largest, i) < 0) vectors.col(i) *= Scalar(-1);
  }
  return {std::vector<Scalar>(values.data(), values.data() + values.size()), from_eigen(vectors)};
}

template <class Scalar>
std::optional<SymmetricEigen<Scalar>> all_pairs(const EigenMatrix<Scalar>& a) {
  if (!a.template triangularView<Eigen::Lower>().toDenseMatrix().allFinite()) return std::nullopt;
  const Eigen::SelfAdjointEigenSolver<EigenMatrix<Scalar>> solver(a);
  if (solver.info() != Eigen::Success) return std::nullopt;
  return signed_pairs<Scalar>(solver.eigenvalues(), solver.eigenvectors());
}

template <class Scalar>
std::optional<SymmetricEigen<Scalar>> end_of(const std::optional<SymmetricEigen<Scalar>>& all,
                                             const PartialEigenSettings& s) {
  if (!all) return std::nullopt;
  const std::size_t n = all->values.size();
  SymmetricEigen<Scalar> some{std::vector<Scalar>(s.count), Matrix<Scalar>(n, s.count)};
  for (std::size_t i = 0; i < s.count; ++i) {
    const std::size_t from = s.end == SpectrumEnd::kSmallest ? i : n - 1 - i;
    some.values[i] = all->values[from];
    for (std::size_t r = 0; r < n; ++r) some.vectors(r, i) = all->vectors(r, from);
  }
  return some;
}

std::size_t basis_size(std::size_t n, const PartialEigenSettings& s) {
  return std::min(n, s.basis > 0 ? s.basis : std::max<std::size_t>(2 * s.count + 1, 20));
}

/// Not copied, since it is as large as all else: in this one product the order of sums depends on
/// where the vectors lie alone, and Spectra's are aligned.
template <class Scalar>
class DenseProduct {
 public:
  explicit DenseProduct(const MatrixView<Scalar>& a)
      : a_(a.data, to_index(a.rows), to_index(a.columns),
           Eigen::OuterStride<>(to_index(a.stride))) {}
  void operator()(std::span<const Scalar> x, std::span<Scalar> y) const {
    const Eigen::Map<const EigenVector<Scalar>> in(x.data(), a_.rows());
    Eigen::Map<EigenVector<Scalar>> out(y.data(), a_.rows());
    out.noalias() = a_.template selfadjointView<Eigen::Lower>() * in;
  }

 private:
  Eigen::Map<const EigenRows<Scalar>, 0, Eigen::OuterStride<>> a_;
};

/// What Spectra asks of an operator.
template <class Value, class Product>
class Operator {
 public:
  using Scalar = Value;
  Operator(Eigen::Index n, const Product& product) : n_(n), product_(&product) {}
  Eigen::Index rows() const { return n_; }
  Eigen::Index cols() const { return n_; }
  void perform_op(const Scalar* x, Scalar* y) const {
    const auto n = static_cast<std::size_t>(n_);
    (*product_)(std::span<const Scalar>(x, n), std::span<Scalar>(y, n));
  }

 private:
  Eigen::Index n_;
  const Product* product_;
};

template <class Scalar>
SymmetricEigen<Scalar> pairs_of_zero(std::size_t n, std::size_t count) {
  SymmetricEigen<Scalar> pairs{std::vector<Scalar>(count, Scalar(0)), Matrix<Scalar>(n, count)};
  for (std::size_t i = 0; i < count; ++i) pairs.vectors(i, i) = 1;
  return pairs;
}

template <class Scalar, class Product>
std::optional<SymmetricEigen<Scalar>> lanczos(std::size_t n, const Product& product,
                                              const PartialEigenSettings& s) {
  const auto rule = s.end == SpectrumEnd::kSmallest ? Spectra::SortRule::SmallestAlge
                                                    : Spectra::SortRule::LargestAlge;
  const double least = sizeof(Scalar) == sizeof(float) ? 1e-6 : 1e-15;
  const EigenVector<Scalar> start = Spectra::SimpleRandom<Scalar>(0).random_vec(to_index(n));
  EigenVector<Scalar> moved(to_index(n));
  product(std::span<const Scalar>(start.data(), n), std::span<Scalar>(moved.data(), n));
  if (!moved.allFinite()) return std::nullopt;
  // Spectra starts from this product, so it must have a length.
  if (moved.isZero(0)) return pairs_of_zero<Scalar>(n, s.count);
  // Spectra takes what is below a fixed bound for zero, whatever the size of the matrix.
  const Scalar size = moved.stableNorm() / start.stableNorm();
  const auto scaled = [&](std::span<const Scalar> x, std::span<Scalar> y) {
    product(x, y);
    for (Scalar& number : y) number /= size;
  };
  using Op = Operator<Scalar, decltype(scaled)>;
  Op op(to_index(n), scaled);
  try {
    Spectra::SymEigsSolver<Op> solver(op, to_index(s.count), to_index(basis_size(n, s)));
    solver.init(start.data());
    solver.compute(rule, to_index(s.max_restarts),
                   static_cast<Scalar>(std::max(s.tolerance, least)), rule);
    if (solver.info() != Spectra::CompInfo::Successful) return std::nullopt;
    const EigenVector<Scalar> values = size * solver.eigenvalues();
    const EigenMatrix<Scalar> vectors = solver.eigenvectors();
    if (!values.allFinite() || !vectors.allFinite()) return std::nullopt;
    return signed_pairs<Scalar>(values, vectors);
  } catch (const std::runtime_error&) {  // the small tridiagonal problem did not converge
    return std::nullopt;
  }
}

}  // namespace

template <class Scalar>
std::optional<SymmetricEigen<Scalar>> symmetric_eigen(const MatrixView<Scalar>& a) {
  assert(a.rows == a.columns);
  return all_pairs<Scalar>(to_eigen(a));
}

template <class Scalar>
std::optional<SymmetricEigen<Scalar>> partial_symmetric_eigen(const MatrixView<Scalar>& a,
                                                              const PartialEigenSettings& s) {
  assert(a.rows == a.columns && s.count >= 1 && s.count <= a.rows);
  assert(s.basis == 0 || s.basis > s.count);
  if (basis_size(a.rows, s) == a.rows) return end_of(symmetric_eigen(a), s);
  return lanczos<Scalar>(a.rows, DenseProduct<Scalar>(a), s);
}

template <class Scalar>
std::optional<SymmetricEigen<Scalar>> partial_symmetric_eigen(std::size_t n,
                                                              const SymmetricProduct<Scalar>& a,
                                                              const PartialEigenSettings& s) {
  assert(s.count >= 1 && s.count <= n && (s.basis == 0 || s.basis > s.count));
  if (basis_size(n, s) < n) return lanczos<Scalar>(n, a, s);
  EigenMatrix<Scalar> dense(to_index(n), to_index(n));
  EigenVector<Scalar> unit = EigenVector<Scalar>::Zero(to_index(n));
  for (Eigen::Index i = 0; i < dense.cols(); ++i) {
    unit[i] = 1;
    a(std::span<const Scalar>(unit.data(), n), std::span<Scalar>(dense.col(i).data(), n));
    unit[i] = 0;
  }
  return end_of(all_pairs(dense), s);
}

EQUIVOLVE_SYMMETRIC_EIGEN(, float)
EQUIVOLVE_SYMMETRIC_EIGEN(, double)

}  // namespace equivolve::linalg
