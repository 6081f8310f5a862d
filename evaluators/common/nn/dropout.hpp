// Dropout (Srivastava et al. 2014), scaled so that expectations stay.
#pragma once

#include <cstddef>
#include <cstdint>

namespace equivolve::nn {

/// factors[i]: 0 with probability `share`, else 1 / (1 - share). Depends on seed, step, layer and i
/// only.
template <class Scalar>
void draw_dropout(double share, std::uint64_t seed, std::uint32_t step, std::uint32_t layer,
                  std::size_t count, Scalar* factors);

/// result[i] = values[i] * factors[i]; may be in place.
template <class Scalar>
void apply_dropout(const Scalar* factors, std::size_t count, const Scalar* values, Scalar* result);

}  // namespace equivolve::nn
