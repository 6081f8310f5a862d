// An SQLite VFS over the default one in which the n-th call of a kind fails, and perhaps all after
// it.
#pragma once

#include <cstdint>
#include <string>

namespace equivolve::tests {

struct ShimPlan {
  enum class Call : std::uint8_t { kWrite, kSync, kTruncate, kOpen };
  Call call = Call::kWrite;
  std::uint64_t nth = 0;  ///< from 1; 0: nothing fails
  int code = 0;           ///< what the failing call returns, as SQLITE_FULL
  bool stays = false;     ///< whether all later calls of the kind fail as well (a disk stays full)
};

/// Registered while it lives. One at a time. Files may be used by any thread; set_plan while none
/// is in use.
class ShimVfs {
 public:
  ShimVfs();
  ~ShimVfs();
  ShimVfs(const ShimVfs&) = delete;
  ShimVfs& operator=(const ShimVfs&) = delete;

  static std::string name();
  /// Counting starts again at 0.
  void set_plan(const ShimPlan& plan);
  /// Calls of the kind since the plan was set.
  std::uint64_t calls(ShimPlan::Call call) const;
  /// How many of them failed.
  std::uint64_t failures() const;
};

}  // namespace equivolve::tests
