#include "hashing/digest.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace equivolve::hashing {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(Digest, IsXxh3Of128Bits) {
  // Published answers of the xxHash library.
  EXPECT_EQ(to_hex(digest_bytes(bytes_of("abc"))), "06b05ab6733a618578af5f94892f3950");
  EXPECT_EQ(to_hex(digest_bytes({})), "99aa06d3014798d86001c324468d497f");
}

TEST(Digest, ChecksumIsXxh3Of64Bits) {
  EXPECT_EQ(checksum64(bytes_of("abc")), 0x78af5f94892f3950);
  EXPECT_EQ(checksum64({}), 0x2d06800538d394c2);
}

TEST(Digest, HexHasTheHighHalfFirstAndKeepsLeadingZeros) {
  EXPECT_EQ(to_hex({0x0123456789abcdef, 0xfedcba9876543210}), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(to_hex({0, 10}), "0000000000000000000000000000000a");
}

TEST(Digest, EveryBitOfTheInputMatters) {
  std::string text(300, 'x');
  std::set<Digest> seen{digest_bytes(bytes_of(text))};
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
      seen.insert(digest_bytes(bytes_of(text)));
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
    }
  }
  EXPECT_EQ(seen.size(), 1 + 8 * text.size());
}

}  // namespace
}  // namespace equivolve::hashing
