// Which sequences were met, and where; only membership is asked, so no order depends on hashes.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "evaluators/sequence_design/sequence.hpp"

namespace equivolve::sequence_design {

struct SequenceHash {
  std::size_t operator()(const Sequence& sequence) const {
    std::uint64_t h = 14695981039346656037ULL;  // FNV-1a
    for (const Symbol s : sequence) h = (h ^ s) * 1099511628211ULL;
    return h;
  }
};

/// Different sequences in the order in which they were added.
class SequenceIndex {
 public:
  /// False where it is there already.
  bool add(const Sequence& sequence) {
    if (!place_.emplace(sequence, list_.size()).second) return false;
    list_.push_back(sequence);
    return true;
  }
  bool contains(const Sequence& sequence) const { return place_.count(sequence) > 0; }
  const std::vector<Sequence>& all() const { return list_; }

 private:
  std::unordered_map<Sequence, std::size_t, SequenceHash> place_;
  std::vector<Sequence> list_;
};

}  // namespace equivolve::sequence_design
