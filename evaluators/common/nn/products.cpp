#include "evaluators/common/nn/products.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>

namespace equivolve::nn {
namespace {

using Eigen::Index;

// Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication": a left block
// that stays in the second-level cache, a strip of the right one in the first. In numbers of a
// float; doubles take half as many along the two outer sides.
constexpr Index kDepth = 256, kRows = 192, kColumns = 512;

template <class Scalar>
constexpr Index most(Index of_floats) {
  return of_floats * static_cast<Index>(sizeof(float)) / static_cast<Index>(sizeof(Scalar));
}

/// `size` cut into equal pieces of at most `limit`, rounded up to whole registers.
Index piece(Index size, Index limit) {
  const Index pieces = (size + limit - 1) / limit;
  const Index even = (size + pieces - 1) / pieces;
  return std::min((even + 7) / 8 * 8, limit);
}

template <class Scalar>
struct Blocks : Eigen::internal::level3_blocking<Scalar, Scalar> {
  Blocks(Index rows, Index columns, Index depth, Packing<Scalar>& packing) {
    this->m_kc = std::min(depth, piece(depth, kDepth));
    this->m_mc = std::min(rows, piece(rows, most<Scalar>(kRows)));
    this->m_nc = std::min(columns, piece(columns, most<Scalar>(kColumns)));
    this->m_blockA = packing.left();
    this->m_blockB = packing.right();
  }
};

template <class Scalar, int left_order, int right_order>
void run_product(Index rows, Index columns, Index depth, const Scalar* left, const Scalar* right,
                 Scalar* result, Packing<Scalar>& packing) {
  Blocks<Scalar> blocks(rows, columns, depth, packing);
  Eigen::internal::general_matrix_matrix_product<
      Index, Scalar, left_order, false, Scalar, right_order, false, Eigen::ColMajor,
      1>::run(rows, columns, depth, left, left_order == Eigen::RowMajor ? depth : rows, right,
              right_order == Eigen::RowMajor ? columns : depth, result, 1, rows, Scalar{1}, blocks);
}

}  // namespace

template <class Scalar>
Packing<Scalar>::Packing()
    : left_(most<Scalar>(kRows) * kDepth), right_(most<Scalar>(kColumns) * kDepth) {}

template <class Scalar>
void add_product(std::size_t rows, std::size_t columns, std::size_t depth, MatrixView<Scalar> left,
                 MatrixView<Scalar> right, Scalar* result, Packing<Scalar>& packing) {
  const auto m = static_cast<Index>(rows), n = static_cast<Index>(columns),
             k = static_cast<Index>(depth);
  if (m == 0 || n == 0 || k == 0) return;
  if (left.order == Order::kRowMajor) {
    assert(right.order == Order::kColumnMajor);
    run_product<Scalar, Eigen::RowMajor, Eigen::ColMajor>(m, n, k, left.data, right.data, result,
                                                          packing);
  } else if (right.order == Order::kRowMajor) {
    run_product<Scalar, Eigen::ColMajor, Eigen::RowMajor>(m, n, k, left.data, right.data, result,
                                                          packing);
  } else {
    run_product<Scalar, Eigen::ColMajor, Eigen::ColMajor>(m, n, k, left.data, right.data, result,
                                                          packing);
  }
}

template class Packing<float>;
template class Packing<double>;
template void add_product(std::size_t, std::size_t, std::size_t, MatrixView<float>,
                          MatrixView<float>, float*, Packing<float>&);
template void add_product(std::size_t, std::size_t, std::size_t, MatrixView<double>,
                          MatrixView<double>, double*, Packing<double>&);

}  // namespace equivolve::nn
