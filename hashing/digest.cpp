#include "hashing/digest.hpp"

// Inlined, so that it is built for this project's instruction set and not for the oldest x86-64.
#define XXH_INLINE_ALL
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the results that AVX-512's own header leaves undefined on purpose for mistakes.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <xxhash.h>

namespace equivolve::hashing {

Digest digest_bytes(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::uint64_t checksum64(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string to_hex(Digest digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (int i = 0; i < 16; ++i) {
    text[15 - i] = kDigits[(digest.hi >> (4 * i)) & 15];
    text[31 - i] = kDigits[(digest.lo >> (4 * i)) & 15];
  }
  return text;
}

}  // namespace equivolve::hashing
