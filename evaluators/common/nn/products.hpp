// Products of matrices by Eigen's kernel, without allocating and with blocks of fixed size.
//
// Eigen's own product expression takes its packing buffers from the heap once they are large, and
// chooses block sizes by the caches of the machine, on which the order of sums, and so the last
// bits, then depend. Here buffers come from the caller and the blocks from constants.
#pragma once

#include <cstddef>

#include "evaluators/common/memory/aligned.hpp"

namespace equivolve::nn {

/// Scratch of products; as large as any of them needs. One user at a time.
template <class Scalar>
class Packing {
 public:
  Packing();
  Scalar* left() { return left_.data(); }
  Scalar* right() { return right_.data(); }

 private:
  memory::AlignedVector<Scalar> left_, right_;
};

enum class Order { kRowMajor, kColumnMajor };

template <class Scalar>
struct MatrixView {
  const Scalar* data;
  Order order;
};

/// result += left * right, where `result` is rows x columns, column-major and contiguous, `left`
/// rows x depth and `right` depth x columns, both contiguous; not (row-major) x (row-major).
template <class Scalar>
void add_product(std::size_t rows, std::size_t columns, std::size_t depth, MatrixView<Scalar> left,
                 MatrixView<Scalar> right, Scalar* result, Packing<Scalar>& packing);

}  // namespace equivolve::nn
