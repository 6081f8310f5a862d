// Sets inside a probe's outputs: each item becomes its digest, digests are sorted, and the set
// becomes their list. Internal to hashing/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "hashing/digest.hpp"

namespace equivolve::hashing::detail {

/// What kind of group a header word opens, in its top byte; the low 56 bits count words, bytes or
/// items. Values are part of the digest: never renumber.
enum class GroupKind : std::uint8_t {
  kValues = 1,
  kExact = 2,
  kDirection = 3,
  kRanking = 4,
  kLabels = 5,
  kBytes = 6,
  kText = 7,
  kInteger = 8,
  kSet = 9,
  kStrayItem = 10,   // end_item outside any set
  kStrayClose = 11,  // close_set outside any set
};

constexpr std::uint64_t header_word(GroupKind kind, std::size_t count) {
  return static_cast<std::uint64_t>(kind) << 56 | static_cast<std::uint64_t>(count);
}

struct SetMark {
  enum class Kind : std::uint8_t { kOpen, kItem, kClose };
  Kind kind = Kind::kOpen;
  std::size_t word = 0;  ///< stands before this word
};

/// XXH3-128 of the words' bytes.
Digest digest_words(std::span<const std::uint64_t> words);

/// Digest of words with sets. Marks in order.
Digest digest_with_sets(std::span<const std::uint64_t> words, std::span<const SetMark> marks);

}  // namespace equivolve::hashing::detail
