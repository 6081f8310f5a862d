#include "evaluators/common/nn/dropout.hpp"

#include <cmath>

#include "hashing/stream.hpp"

namespace equivolve::nn {

template <class Scalar>
void draw_dropout(double share, std::uint64_t seed, std::uint32_t step, std::uint32_t layer,
                  std::size_t count, Scalar* factors) {
  hashing::Stream stream(seed, hashing::Purpose::kDropout,
                         std::uint64_t{step} << 32 | std::uint64_t{layer});
  // A draw of 64 bits decides over two numbers.
  const auto bound = static_cast<std::uint64_t>(std::ldexp(share, 32));
  const auto kept = static_cast<Scalar>(1 / (1 - share));
  std::uint64_t draw = 0;
  for (std::size_t i = 0; i < count; ++i) {
    draw = i % 2 == 0 ? stream.next() : draw >> 32;
    factors[i] = (draw & 0xffffffffU) < bound ? Scalar{0} : kept;
  }
}

template <class Scalar>
void apply_dropout(const Scalar* factors, std::size_t count, const Scalar* values, Scalar* result) {
  for (std::size_t i = 0; i < count; ++i) result[i] = values[i] * factors[i];
}

template void draw_dropout(double, std::uint64_t, std::uint32_t, std::uint32_t, std::size_t,
                           float*);
template void draw_dropout(double, std::uint64_t, std::uint32_t, std::uint32_t, std::size_t,
                           double*);
template void apply_dropout(const float*, std::size_t, const float*, float*);
template void apply_dropout(const double*, std::size_t, const double*, double*);

}  // namespace equivolve::nn
