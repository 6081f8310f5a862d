#include "engine/run/replay.hpp"

namespace equivolve::engine {

ReplayIndex::Key ReplayIndex::key_of(TrialKind kind, std::uint64_t subject, std::uint32_t split,
                                     std::uint32_t repeat) {
  return {subject,
          static_cast<std::uint32_t>(kind) << 28 | (split & 0xfu) << 24 | (repeat & 0xffffffu)};
}

ReplayIndex::ReplayIndex(ReplayData data) : data_(std::move(data)) {
  for (std::size_t i = 0; i < data_.classes.size(); ++i) classes_.emplace(data_.classes[i].cls, i);
  for (std::size_t i = 0; i < data_.trials.size(); ++i) {
    const TrialRow& t = data_.trials[i];
    // Of an untold ticket that a raised budget made another request of, the last one counts.
    trials_.insert_or_assign(key_of(t.kind, t.subject, t.split, t.repeat), i);
  }
}

const ClassRow* ReplayIndex::find_class(std::uint64_t cls) const {
  auto found = classes_.find(cls);
  return found == classes_.end() ? nullptr : &data_.classes[found->second];
}

const TrialRow* ReplayIndex::trial(TrialKind kind, std::uint64_t subject, std::uint32_t split,
                                   std::uint32_t repeat) const {
  auto found = trials_.find(key_of(kind, subject, split, repeat));
  return found == trials_.end() ? nullptr : &data_.trials[found->second];
}

}  // namespace equivolve::engine
