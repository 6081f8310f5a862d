// Eigenvalues and eigenvectors of symmetric matrices: all of them, or a few at one end.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

/// Vectors have length 1; of each the element of largest size (of equal ones the first) is above 0.
/// Vectors of equal eigenvalues are some orthonormal basis of their space.
template <class Scalar>
struct SymmetricEigen {
  std::vector<Scalar> values;
  Matrix<Scalar> vectors;  ///< n rows; column i belongs to values[i]
};

/// All, values ascending: tridiagonal form, then QR iterations with shifts (Golub, Van Loan 2013,
/// "Matrix computations", 4th edition, section 8.3; Eigen's SelfAdjointEigenSolver). Only the lower
/// triangle of the square `a` is read. nullopt: `a` is not finite. O(n^3). Scalar: float or double.
/// [any-thread]
template <class Scalar>
std::optional<SymmetricEigen<Scalar>> symmetric_eigen(const MatrixView<Scalar>& a);

enum class SpectrumEnd {
  kSmallest,  ///< the least values, ascending
  kLargest,   ///< the greatest values, descending
};

struct PartialEigenSettings {
  std::size_t count = 1;  ///< 1 to n
  SpectrumEnd end = SpectrumEnd::kLargest;
  double tolerance = 1e-10;  ///< of the residual |A v - value v| over |value|, or over some 1e-10
                             ///< (in float 1e-5) of |A| where that is more; above 0 (in float at
                             ///< least 1e-6 is taken)
  std::size_t basis = 0;     ///< Lanczos vectors; more than count, 0: max(2 count + 1, 20)
  std::size_t max_restarts = 1000;
};

/// A few, by Lanczos' method with implicit restarts. Sources: Lehoucq, Sorensen, Yang 1998,
/// "ARPACK users' guide", chapter 4; Spectra's SymEigsSolver. The start is the same for every call.
/// Where so many vectors are asked for that `basis` reaches n, all are worked out instead. nullopt:
/// not converged, or not finite. One start vector sees one vector of the space of an eigenvalue;
/// the others come in by rounding, which may take restarts: with exactly multiple values at the end
/// sought, count them by symmetric_eigen. The least values of a matrix whose greatest is large
/// converge slowly: of a normalised Laplacian L take the greatest of I - L. Scalar: float or
/// double. [any-thread]
template <class Scalar>
std::optional<SymmetricEigen<Scalar>> partial_symmetric_eigen(const MatrixView<Scalar>& a,
                                                              const PartialEigenSettings& settings);

/// The same of a matrix known by its products: writes A x into y, both n long.
template <class Scalar>
using SymmetricProduct = std::function<void(std::span<const Scalar> x, std::span<Scalar> y)>;
template <class Scalar>
std::optional<SymmetricEigen<Scalar>> partial_symmetric_eigen(std::size_t n,
                                                              const SymmetricProduct<Scalar>& a,
                                                              const PartialEigenSettings& settings);

#define EQUIVOLVE_SYMMETRIC_EIGEN(KEY, Scalar)                                                   \
  KEY template std::optional<SymmetricEigen<Scalar>> symmetric_eigen(const MatrixView<Scalar>&); \
  KEY template std::optional<SymmetricEigen<Scalar>> partial_symmetric_eigen(                    \
      const MatrixView<Scalar>&, const PartialEigenSettings&);                                   \
  KEY template std::optional<SymmetricEigen<Scalar>> partial_symmetric_eigen(                    \
      std::size_t, const SymmetricProduct<Scalar>&, const PartialEigenSettings&);
EQUIVOLVE_SYMMETRIC_EIGEN(extern, float)
EQUIVOLVE_SYMMETRIC_EIGEN(extern, double)

}  // namespace equivolve::linalg
