// The operations of `expression` over a block of rows, and their derivatives.
#pragma once

#include <cstddef>

#include "search/genome/expression_ops.hpp"

namespace equivolve::interpreters {

/// out[i] = op(a[i], b[i], c[i]) for 0 <= i < n, n a multiple of 4; `out` may be an operand.
/// Operands beyond the arity are not looked at.
void run_operation(search::ExpressionOp op, double* out, const double* a, const double* b,
                   const double* c, std::size_t n);

/// Operands and value of an operation on one row or a block of rows.
struct Operands {
  const double *a, *b, *c, *value;
};

/// out[i] = adjoint[i] * (the derivative by operand number k), and 0 where adjoint[i] is; `out` is
/// not `adjoint`.
void run_derivative(search::ExpressionOp op, std::size_t k, const Operands& of,
                    const double* adjoint, double* out, std::size_t n);

}  // namespace equivolve::interpreters
