// Functions of one number, for whole arrays, and sums. An element's bits depend on its value alone,
// not on its place or address; a sum's on the values and their number.
#pragma once

#include <cstddef>

namespace equivolve::nn {

template <class Scalar>
void relu_in_place(Scalar* values, std::size_t count);
template <class Scalar>
void exp_in_place(Scalar* values, std::size_t count);
template <class Scalar>
void tanh_in_place(Scalar* values, std::size_t count);
template <class Scalar>
void sigmoid_in_place(Scalar* values, std::size_t count);

/// Gradients at the input of an activation, in place of those at its output; `outputs` are the
/// activation's.
template <class Scalar>
void relu_backward(const Scalar* outputs, Scalar* gradient, std::size_t count);
template <class Scalar>
void tanh_backward(const Scalar* outputs, Scalar* gradient, std::size_t count);
template <class Scalar>
void sigmoid_backward(const Scalar* outputs, Scalar* gradient, std::size_t count);

template <class Scalar>
Scalar dot(const Scalar* a, const Scalar* b, std::size_t count);

/// Each of `columns` runs of `rows` numbers becomes `values`.
template <class Scalar>
void fill_columns(const Scalar* values, std::size_t rows, std::size_t columns, Scalar* result);

}  // namespace equivolve::nn
