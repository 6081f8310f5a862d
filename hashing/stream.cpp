#include "hashing/stream.hpp"

#include <immintrin.h>

#include <cassert>
#include <cmath>
#include <numbers>

namespace equivolve::hashing {
namespace {

using Block = std::array<std::uint32_t, 4>;

// Multipliers and Weyl constants of Philox4x32 (Salmon et al. 2011, section 3.3).
constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

inline Block philox_block(Block c, std::uint32_t k0, std::uint32_t k1) {
  for (int round = 0; round < kRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
    const std::uint64_t p0 = std::uint64_t{kMultiplier0} * c[0];
    const std::uint64_t p1 = std::uint64_t{kMultiplier1} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
  }
  return c;
}

/// The numbers of four blocks, whose counters follow each other in the first word; they take no
/// longer than one. A word of each block stands in every 64 bits, and what gathers in the upper 32
/// is dropped: a product takes the lower halves.
void philox_numbers(const Block& counter, const std::array<std::uint32_t, 2>& key,
                    std::uint64_t* out) {
  const __m256i m0 = _mm256_set1_epi64x(kMultiplier0), m1 = _mm256_set1_epi64x(kMultiplier1);
  __m256i c0 = _mm256_add_epi32(_mm256_set1_epi64x(counter[0]), _mm256_set_epi64x(3, 2, 1, 0));
  __m256i c1 = _mm256_set1_epi64x(counter[1]), c2 = _mm256_set1_epi64x(counter[2]),
          c3 = _mm256_set1_epi64x(counter[3]);
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < kRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
    const __m256i p0 = _mm256_mul_epu32(c0, m0), p1 = _mm256_mul_epu32(c2, m1);
    c0 = _mm256_srli_epi64(p1, 32) ^ (c1 ^ _mm256_set1_epi64x(k0));
    c1 = p1;
    c2 = _mm256_srli_epi64(p0, 32) ^ (c3 ^ _mm256_set1_epi64x(k1));
    c3 = p0;
  }
  constexpr int kOddWords = 0b10101010;
  const __m256i first = _mm256_blend_epi32(c0, _mm256_slli_epi64(c1, 32), kOddWords),
                second = _mm256_blend_epi32(c2, _mm256_slli_epi64(c3, 32), kOddWords);
  const __m256i even = _mm256_unpacklo_epi64(first, second),  // of blocks 0 and 2
      odd = _mm256_unpackhi_epi64(first, second);             // of 1 and 3
  auto* to = reinterpret_cast<__m256i*>(out);
  _mm256_storeu_si256(to, _mm256_permute2x128_si256(even, odd, 0x20));
  _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(even, odd, 0x31));
}

__extension__ using Wide = unsigned __int128;

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  return philox_block(counter, key[0], key[1]);
}

Stream::Stream(std::uint64_t seed, Purpose purpose, std::uint64_t index, std::uint32_t ordinal)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{ordinal, static_cast<std::uint32_t>(purpose), static_cast<std::uint32_t>(index),
               static_cast<std::uint32_t>(index >> 32)} {}

void Stream::draw() {
  philox_numbers(counter_, key_, numbers_.data());
  counter_[0] += kAtOnce / 2;
  used_ = 0;
}

double Stream::uniform() {
  return static_cast<double>(next() >> 11) * 0x1p-53;
}

double Stream::uniform(double low, double high) {
  const double u = uniform();
  const double width = high - low;
  const double value = std::isfinite(width) ? low + width * u : low * (1 - u) + high * u;
  // The sum may round up to `high`, which is not part of the range.
  return value >= high && low < high ? std::nextafter(high, low) : value;
}

// Lemire 2019, "Fast random integer generation in an interval": the high half of number x bound;
// numbers whose low half falls into the incomplete last interval are drawn again.
std::uint64_t Stream::below(std::uint64_t bound) {
  assert(bound >= 1);
  Wide product = Wide{next()} * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t incomplete = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < incomplete) product = Wide{next()} * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

// Box and Muller 1958. 1 - uniform() is never 0, so the logarithm is finite.
double Stream::gaussian() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

bool Stream::chance(double probability) {
  return uniform() < probability;
}

std::uint64_t derive_seed(std::uint64_t seed, Purpose purpose, std::uint64_t index,
                          std::uint32_t ordinal) {
  return Stream(seed, purpose, index, ordinal).next();
}

}  // namespace equivolve::hashing
