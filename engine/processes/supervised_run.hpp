// One command from its start to its end, watched: what it prints line by line, the last of its log,
// a deadline, and a stop that anybody may ask for. Nothing of it is left afterwards.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "engine/processes/child_process.hpp"

namespace equivolve::engine {

struct Supervision {
  std::chrono::nanoseconds deadline{0};  ///< from the start; 0: none
  /// It is asked to end (SIGTERM) after the deadline or a stop, and killed so much later.
  std::chrono::nanoseconds patience = std::chrono::seconds(5);
  std::size_t longest_line = 16 * 1024 * 1024;  ///< bytes of stdout; longer lines are passed over
  /// A line of its stdout, without the end. False: it shall end now.
  std::function<bool(std::string_view line)> on_line;
};

/// Who ended it.
enum class EndedBy : std::uint8_t {
  kItself,
  kDeadline,
  kStop,   ///< `stop`
  kReader  ///< on_line
};

struct SupervisedEnd {
  ChildEnd end;
  EndedBy by = EndedBy::kItself;
  std::string log;  ///< the last 64 KiB of stderr
  std::uint64_t log_dropped = 0, overlong_lines = 0;
  double seconds = 0;
};

/// Ends when the child has ended; what its own children still print is not waited for. `stop` is
/// looked at every 20 ms. The error says why it could not be started. [any-thread]
tl::expected<SupervisedEnd, std::string> run_supervised(const ChildSettings& settings,
                                                        const Supervision& supervision,
                                                        const std::atomic<bool>& stop);

}  // namespace equivolve::engine
