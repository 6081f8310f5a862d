#include "evaluators/common/nn/dropout.hpp"

#include <cmath>

#include "hashing/stream.hpp"

namespace equivolve::nn {

namespace {

/// A bijection of 32 bits in which each bit depends on all: "lowbias32" of Wellons 2018,
/// "Prospecting for hash functions", with a key between its halves. A draw is the place of its
/// number, hashed: unlike a generator's, a loop of them is one of vectors.
inline std::uint32_t hashed(std::uint32_t place, std::uint32_t before, std::uint32_t between) {
  std::uint32_t x = place * 0x9e3779b9U + before;
  x = (x ^ x >> 16) * 0x7feb352dU ^ between;
  x = (x ^ x >> 15) * 0x846ca68bU;
  return x ^ x >> 16;
}

}  // namespace

template <class Scalar>
void draw_dropout(double share, std::uint64_t seed, std::uint32_t step, std::uint32_t layer,
                  std::size_t count, Scalar* factors) {
  hashing::Stream stream(seed, hashing::Purpose::kDropout,
                         std::uint64_t{step} << 32 | std::uint64_t{layer});
  const std::uint64_t key = stream.next();
  const auto before = static_cast<std::uint32_t>(key),
             between = static_cast<std::uint32_t>(key >> 32),
             bound = static_cast<std::uint32_t>(std::ldexp(share, 32));  // below 2^32: share < 1
  const auto kept = static_cast<Scalar>(1 / (1 - share));
  const auto draw = [=](std::size_t i) {
    factors[i] = hashed(static_cast<std::uint32_t>(i), before, between) < bound ? Scalar{0} : kept;
  };
  constexpr std::size_t kChunk = 32;  // a known length: vectors at every level of optimisation
  std::size_t i = 0;
  for (; i + kChunk <= count; i += kChunk)
    for (std::size_t k = 0; k < kChunk; ++k) draw(i + k);
  for (; i < count; ++i) draw(i);
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
