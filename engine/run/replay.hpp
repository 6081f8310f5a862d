// What the store remembers of a run, arranged for replay: the same loop from ticket 0, with stored
// outcomes in place of work.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "engine/store/reader.hpp"

namespace equivolve::engine {

class ReplayIndex {
 public:
  explicit ReplayIndex(ReplayData data);

  std::uint64_t told() const {
    return data_.outcomes.size();
  }  ///< tickets 0 .. told-1 have outcomes
  const OutcomeRow* outcome(std::uint64_t ticket) const {
    return ticket < data_.outcomes.size() ? &data_.outcomes[ticket] : nullptr;
  }
  const ClassRow* find_class(std::uint64_t cls) const;
  /// The trial of (kind, subject, split, repeat), told or not; null when there is none.
  const TrialRow* trial(TrialKind kind, std::uint64_t subject, std::uint32_t split,
                        std::uint32_t repeat) const;

 private:
  struct Key {
    std::uint64_t subject;
    std::uint32_t kind_split_repeat;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return key.subject * 0x9E3779B97F4A7C15ull ^ key.kind_split_repeat;
    }
  };
  static Key key_of(TrialKind kind, std::uint64_t subject, std::uint32_t split,
                    std::uint32_t repeat);

  ReplayData data_;
  std::unordered_map<std::uint64_t, std::size_t> classes_;
  std::unordered_map<Key, std::size_t, KeyHash> trials_;
};

}  // namespace equivolve::engine
