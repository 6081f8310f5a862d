// Digests by a key that the evaluator gives before it runs anything: candidates with equal keys
// behave alike, so the second one needs no run. A table of fixed size; a newer entry takes an older
// one's place.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "hashing/digest.hpp"

namespace equivolve::engine {

/// [any-thread]
class KnownProbes {
 public:
  KnownProbes();

  /// What `find` and `keep` are asked with: the evaluator's key under one probe seed.
  static hashing::Digest key_of(std::span<const std::byte> key, std::uint64_t seed);

  std::optional<hashing::Digest> find(const hashing::Digest& key) const;
  /// Forgets all: equal keys may mean something else from now on. No find or keep at the same time.
  void clear();
  void keep(const hashing::Digest& key, const hashing::Digest& digest);

 private:
  struct Entry {
    hashing::Digest key, digest;
    bool filled = false;
  };
  static constexpr std::size_t kEntries = std::size_t{1} << 16;  // 2.6 MB
  static constexpr std::size_t kLocks = 64;

  std::vector<Entry> entries_;
  mutable std::array<std::mutex, kLocks> locks_;  // entry i under lock i mod kLocks
};

}  // namespace equivolve::engine
