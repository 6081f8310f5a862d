// The mixing of numbers as it was published (Gillard et al. 2023 and their released code), with its
// known answers; and what our `published` grid has in common with it: which values it tells apart.
#include <gtest/gtest.h>

#include <openssl/evp.h>

#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <string>

#include "hashing/canonical.hpp"
#include "hashing/stream.hpp"

namespace equivolve::hashing {
namespace {

/// SHA-256 of "(a, b)", its first 8 bytes as a little-endian number, modulo 2^63. (The whole
/// digest modulo 2^63 is the same.)
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const std::string text = "(" + std::to_string(a) + ", " + std::to_string(b) + ")";
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  EXPECT_EQ(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr), 1);
  std::uint64_t low = 0;
  for (int i = 7; i >= 0; --i) low = low << 8 | digest[static_cast<std::size_t>(i)];
  return low & 0x7fffffffffffffff;
}

/// Exponent bits in place, then the top mantissa bits in place; no sign.
std::uint64_t published_mix(std::span<const double> values, int mantissa_bits) {
  std::uint64_t mix = 0;
  for (const double value : values) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t mantissa = bits & 0x000fffffffffffff;
    const int cut = 52 - mantissa_bits;
    mix = mixed(mix, bits & 0x7ff0000000000000);
    mix = mixed(mix, mantissa >> cut << cut);
  }
  return mix;
}

TEST(PublishedMixing, KnownAnswers) {
  const double values[] = {0.5406650900840759, 0.14743590354919434, 0.5259414911270142,
                           0.15294471383094788};
  EXPECT_EQ(published_mix(values, 24), 5379572464749505659u);
  EXPECT_EQ(published_mix(values, 1), 5848985380823139651u);
  EXPECT_EQ(published_mix(values, 5), 1026669619700313601u);
  EXPECT_EQ(published_mix(values, 7), 1467630624385021221u);
  EXPECT_EQ(published_mix(values, 8), 4536808905467866826u);
  EXPECT_EQ(published_mix(values, 52), 5379572464749505659u);
}

TEST(PublishedMixing, OurGridOfThatNameTellsTheSameMagnitudesApart) {
  Stream stream(3, Purpose::kTest, 0);
  int equal = 0;
  for (int i = 0; i < 20'000; ++i) {
    const int bits = 1 + static_cast<int>(stream.below(52));
    const double a = std::abs(stream.gaussian()) + 1e-3;
    const double b = a * (1 + std::ldexp(stream.gaussian(), -bits));
    if (b <= 0) continue;
    const bool published = published_mix(std::array{a}, bits) == published_mix(std::array{b}, bits);
    ASSERT_EQ(own_scale_word(a, bits, false) == own_scale_word(b, bits, false), published)
        << a << " " << b << " " << bits;
    equal += published;
  }
  EXPECT_GT(equal, 1000);
}

}  // namespace
}  // namespace equivolve::hashing
