// An open-addressing index: finds a 32-bit position by a 64-bit hash and the caller's own test of
// equality. The keys themselves stay with the caller. Internal to hashing/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace equivolve::hashing::detail {

/// Linear probing over 8-byte slots (upper half of the hash, position), at most half full; erasing
/// shifts back, so there are no tombstones and the content does not depend on what was erased. Up
/// to 2^31 positions.
class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  FlatIndex() : slots_(kSmallest) {}

  /// The position put under `hash` for which same(position) holds, or kNone.
  template <typename Same>
  std::uint32_t find(std::uint64_t hash, Same same) const {
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = home(tag); slots_[at].position != kNone; at = following(at)) {
      if (slots_[at].tag == tag && same(slots_[at].position)) return slots_[at].position;
    }
    return kNone;
  }

  /// The key must not be in the index yet.
  void insert(std::uint64_t hash, std::uint32_t position) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    place({tag_of(hash), position});
    ++size_;
  }

  /// `position` must be in the index under `hash`.
  void erase(std::uint64_t hash, std::uint32_t position) {
    std::size_t hole = home(tag_of(hash));
    while (slots_[hole].position != position) hole = following(hole);
    // Whatever stands behind the hole and may stand in it moves up, so that probing never stops too
    // early.
    for (std::size_t at = following(hole); slots_[at].position != kNone; at = following(at)) {
      const std::size_t wanted = home(slots_[at].tag);
      if (((at - wanted) & mask()) >= ((at - hole) & mask())) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole] = {};
    --size_;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t position = kNone;
  };
  static constexpr std::size_t kSmallest = 16;

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(std::uint32_t tag) const { return tag & mask(); }
  std::size_t following(std::size_t at) const { return (at + 1) & mask(); }

  void place(Slot slot) {
    std::size_t at = home(slot.tag);
    while (slots_[at].position != kNone) at = following(at);
    slots_[at] = slot;
  }

  void grow() {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
    for (const Slot& slot : old) {
      if (slot.position != kNone) place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace equivolve::hashing::detail
