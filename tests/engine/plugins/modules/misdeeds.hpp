// What the module `misdeeds` does with a genome. Its test knows it from here, too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

enum class Misdeed : std::uint8_t {
  kNone,
  // P1
  kSegfault,
  kAbort,
  kExit,
  kThrow,
  kDivide,
  // P3
  kHang,
  kHangDeaf,
  // P5
  kDevour,
  // P8
  kGarbage,
  kPartial,
  kOtherQuestion,
  kFlood,
  // P9
  kPrint,
  // one that is no harm
  kRefuse
};

struct MisdeedShare {
  Misdeed misdeed;
  unsigned in_ten_thousand;
};

/// 30 % fail; those of kPrint do not.
inline constexpr std::array<MisdeedShare, 14> kMisdeedShares{{{Misdeed::kSegfault, 26},
                                                              {Misdeed::kAbort, 26},
                                                              {Misdeed::kExit, 26},
                                                              {Misdeed::kThrow, 26},
                                                              {Misdeed::kDivide, 26},
                                                              {Misdeed::kHang, 105},
                                                              {Misdeed::kHangDeaf, 8},
                                                              {Misdeed::kDevour, 116},
                                                              {Misdeed::kGarbage, 45},
                                                              {Misdeed::kPartial, 45},
                                                              {Misdeed::kOtherQuestion, 45},
                                                              {Misdeed::kFlood, 25},
                                                              {Misdeed::kRefuse, 2481},
                                                              {Misdeed::kPrint, 150}}};

/// FNV-1a over the genome's bytes, and a mixer.
inline std::uint64_t hash_of_genome(std::span<const std::byte> genome) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::byte byte : genome)
    hash = (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

inline Misdeed misdeed_of(std::span<const std::byte> genome) {
  std::uint64_t drawn = hash_of_genome(genome) % 10'000;
  for (const MisdeedShare& one : kMisdeedShares) {
    if (drawn < one.in_ten_thousand) return one.misdeed;
    drawn -= one.in_ten_thousand;
  }
  return Misdeed::kNone;
}

/// Of a trial that ends well; in [0, 1).
inline double score_of(std::span<const std::byte> genome) {
  return static_cast<double>(hash_of_genome(genome) >> 11) * 0x1p-53;
}
