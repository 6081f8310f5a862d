// Eigenvalues and eigenvectors of a real symmetric matrix, by cyclic Jacobi rotations: short,
// accurate to the last digits also of small eigenvalues, the same bits everywhere; O(n^3) a sweep,
// about ten sweeps. Source: Golub, Van Loan 2013, "Matrix computations", 4th edition, section 8.5.
// Pure. [any-thread]
#pragma once

#include <cstddef>
#include <vector>

namespace equivolve::search {

struct SymmetricEigen {
  std::vector<double> values;   ///< ascending
  std::vector<double> vectors;  ///< n x n, row-major; column k belongs to values[k], length 1
};

/// `matrix` is n x n, row-major; the lower triangle is not looked at. Finite numbers.
SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t n);

}  // namespace equivolve::search
