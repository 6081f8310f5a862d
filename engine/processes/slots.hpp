// Numbers for children that live at the same time, so that each can have a GPU, a port or a core of
// its own.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

namespace equivolve::engine {

/// Numbers from 0, each given to one at a time, the lowest first. [any-thread]
class Slots {
 public:
  std::uint32_t take();
  void give_back(std::uint32_t slot);

 private:
  std::mutex lock_;
  std::set<std::uint32_t> taken_;  // protected by lock_
};

/// With the number in the place of each `{slot}`.
std::string with_slot(std::string value, std::uint32_t slot);

}  // namespace equivolve::engine
