// A whole search asks for the tasks of one seed, and the final stage for those of a few more: they
// are built once each.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <utility>

#include "evaluators/algorithm_discovery/task.hpp"

namespace equivolve::algorithm_discovery {

/// Least recently used first out: at most kMostEntries, and at most kMostDoubles held (but always
/// the last one). [any-thread] One thread builds while the others wait, since they are about to ask
/// for the same.
class TaskCache {
 public:
  using Key = std::pair<std::uint64_t, std::uint32_t>;  ///< seed; how many tasks, 0: test split

  template <class Build>
  Tasks get(Key key, Build build) {
    std::lock_guard lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->key != key) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entry->tasks;
    }
    auto tasks = std::make_shared<const TaskSet>(build());
    entries_.push_front(Entry{key, tasks, tasks->doubles()});
    held_ += entries_.front().doubles;
    while (entries_.size() > 1 && (entries_.size() > kMostEntries || held_ > kMostDoubles)) {
      held_ -= entries_.back().doubles;
      entries_.pop_back();
    }
    return tasks;
  }

 private:
  static constexpr std::size_t kMostEntries = 32;
  static constexpr std::size_t kMostDoubles = std::size_t{1} << 25;  // 256 MiB

  struct Entry {
    Key key;
    Tasks tasks;
    std::size_t doubles;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // protected by mutex_, most recent first
  std::size_t held_ = 0;      // protected by mutex_
};

}  // namespace equivolve::algorithm_discovery
