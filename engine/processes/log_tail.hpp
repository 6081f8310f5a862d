// The last bytes of a log: what is kept with a trial of everything that its process has printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace equivolve::engine {

class LogTail {
 public:
  explicit LogTail(std::size_t most = 64 * 1024) : most_(most) {}

  void add(std::string_view bytes);
  /// The last `most` bytes, from the first whole character (UTF-8) on.
  std::string text() const;
  std::uint64_t dropped() const { return added_ - text().size(); }  ///< bytes that are not in it

 private:
  std::size_t most_;
  std::string kept_;  // at most twice as much as is asked for
  std::uint64_t added_ = 0;
};

}  // namespace equivolve::engine
