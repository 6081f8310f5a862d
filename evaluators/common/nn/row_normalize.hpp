// Every sample divided by its Euclidean length.
#pragma once

#include <cstddef>

namespace equivolve::nn {

/// y = x / max(|x|, epsilon) for each of `samples` vectors of `size`; `inverse_lengths` (one a
/// sample) keeps what each was multiplied with, negative where epsilon stood in.
template <class Scalar>
void row_normalize_forward(std::size_t size, std::size_t samples, Scalar epsilon, const Scalar* x,
                           Scalar* y, Scalar* inverse_lengths);

/// dx = (dy - y (y . dy)) / |x|, in place; dy / epsilon where that stood in.
template <class Scalar>
void row_normalize_backward(std::size_t size, std::size_t samples, const Scalar* y,
                            const Scalar* inverse_lengths, Scalar* dy);

}  // namespace equivolve::nn
