#include "evaluators/common/nn/row_normalize.hpp"

#include <cmath>

#include "evaluators/common/nn/elementwise.hpp"

namespace equivolve::nn {

template <class Scalar>
void row_normalize_forward(std::size_t size, std::size_t samples, Scalar epsilon, const Scalar* x,
                           Scalar* y, Scalar* inverse_lengths) {
  for (std::size_t s = 0; s < samples; ++s, x += size, y += size) {
    const Scalar length = std::sqrt(dot(x, x, size));
    const bool too_short = length < epsilon;
    const Scalar inverse = 1 / (too_short ? epsilon : length);
    inverse_lengths[s] = too_short ? -inverse : inverse;
    for (std::size_t i = 0; i < size; ++i) y[i] = x[i] * inverse;
  }
}

template <class Scalar>
void row_normalize_backward(std::size_t size, std::size_t samples, const Scalar* y,
                            const Scalar* inverse_lengths, Scalar* dy) {
  for (std::size_t s = 0; s < samples; ++s, y += size, dy += size) {
    const bool too_short = inverse_lengths[s] < 0;
    const Scalar along = too_short ? Scalar{0} : dot(y, dy, size);
    const Scalar inverse = std::abs(inverse_lengths[s]);
    for (std::size_t i = 0; i < size; ++i) dy[i] = (dy[i] - y[i] * along) * inverse;
  }
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_ROW_NORMALIZE(Scalar)                                                         \
  template void row_normalize_forward(std::size_t, std::size_t, Scalar, const Scalar*, Scalar*, \
                                      Scalar*);                                                 \
  template void row_normalize_backward(std::size_t, std::size_t, const Scalar*, const Scalar*,  \
                                       Scalar*);
EQUIVOLVE_ROW_NORMALIZE(float)
EQUIVOLVE_ROW_NORMALIZE(double)
#undef EQUIVOLVE_ROW_NORMALIZE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
