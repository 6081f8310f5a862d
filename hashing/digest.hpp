// A candidate's behaviour in 128 bits, and the neighbouring digests worth trying when a number lay
// near a cell's edge.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace equivolve::hashing {

/// XXH3-128 of canonical outputs. Ordered so that it can be a key; the order means nothing.
struct Digest {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  auto operator<=>(const Digest&) const =
      default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 mistakes <=>
};

/// What a probe yields: `key` under which a founder is stored, and the digests that the same
/// behaviour might have had if a value near a cell's edge had fallen on the other side (most
/// ambiguous first; key and alternatives are at most 16).
struct ProbeDigest {
  Digest key;
  std::vector<Digest> alternatives;
  bool operator==(const ProbeDigest&) const = default;
};

/// XXH3-128 of raw bytes. [any-thread]
Digest digest_bytes(std::span<const std::byte> bytes);

/// XXH3-64 of raw bytes: row and genome checksums, never a notion of equality. [any-thread]
std::uint64_t checksum64(std::span<const std::byte> bytes);

/// 32 lower-case hexadecimal digits, high half first.
std::string to_hex(Digest digest);

}  // namespace equivolve::hashing
