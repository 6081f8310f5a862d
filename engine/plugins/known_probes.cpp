#include "engine/plugins/known_probes.hpp"

namespace equivolve::engine {

KnownProbes::KnownProbes() : entries_(kEntries) {}

hashing::Digest KnownProbes::key_of(std::span<const std::byte> key, std::uint64_t seed) {
  hashing::Digest digest = hashing::digest_bytes(key);
  digest.hi ^= seed;
  return digest;
}

std::optional<hashing::Digest> KnownProbes::find(const hashing::Digest& key) const {
  const std::size_t at = key.lo % kEntries;
  const std::lock_guard guard(locks_[at % kLocks]);
  const Entry& entry = entries_[at];
  if (!entry.filled || entry.key != key) return std::nullopt;
  return entry.digest;
}

void KnownProbes::clear() {
  entries_.assign(kEntries, {});
}

void KnownProbes::keep(const hashing::Digest& key, const hashing::Digest& digest) {
  const std::size_t at = key.lo % kEntries;
  const std::lock_guard guard(locks_[at % kLocks]);
  entries_[at] = {key, digest, true};
}

}  // namespace equivolve::engine
