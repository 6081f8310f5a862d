// The 65 operations of `program`, one after the other, on memories that lie in one block of
// doubles.
//
//   sum, difference, product, quotient   element by element
//   abs, reciprocal                      |x|, 1/x
//   heaviside                            x > 0 ? 1 : 0 (0 for NaN)
//   min, max                             a < b ? a : b and a > b ? a : b (so the second where
//   either is NaN) sin cos tan arcsin arccos arctan exp log   of scalars, the C library's norm sqrt
//   of the sum of squares: of a vector, a whole matrix, each row, each column mean sum / count: of
//   a vector, a whole matrix, each row deviation                            population standard
//   deviation: sqrt(sum (x - mean)^2 / count) dot, outer, matvec, matmul, transpose      as usual;
//   out[r][c] = in1[r] * in2[c] for outer broadcast                            every element of the
//   vector is the scalar broadcast_rows, broadcast_columns    every row (column) of the matrix is
//   the vector constants                            the scalar, or one element; the other elements
//   keep their values uniform                              Stream::uniform(low, high), one draw an
//   element gaussian                             mean + deviation * Stream::gaussian(), one draw an
//   element zero fill                            every element is +0 (known zeros,
//   program_analysis.hpp)
#pragma once

#include "evaluators/common/interpreters/machine.hpp"

namespace equivolve::interpreters {

struct OperationContext {
  double* memory;
  double* scratch;          ///< a matrix when there are any, else a vector
  std::uint32_t dimension;  ///< d
  std::uint32_t row;        ///< padded d: from one row of a matrix to the next
  DrawKey key;
  std::uint64_t step_index;  ///< step << 32
};

/// Carries out instructions, one after the other. [any-thread on different memories]
void execute(std::span<const Step> steps, const OperationContext& context);

}  // namespace equivolve::interpreters
