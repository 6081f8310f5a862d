// Lines to a child and lines from it, with nothing in between that would put up with a fault: for
// checks of what a program says, where WorkerProcess is for work.
#pragma once

#include <chrono>
#include <string>

#include <tl/expected.hpp>

#include "engine/plugins/protocol/messages.hpp"
#include "engine/processes/child_process.hpp"
#include "engine/processes/line_reader.hpp"
#include "engine/processes/log_tail.hpp"

namespace equivolve::engine {

/// Of one thread. The child ends with it.
class Conversation {
 public:
  /// `patience`: how long each of the calls below may take.
  static tl::expected<Conversation, std::string> start(const ChildSettings& settings,
                                                       std::chrono::nanoseconds patience);

  /// Errors say what it did instead, on one line: "exited with code 1", "said nothing for 60 s".
  tl::expected<void, std::string> tell(const std::string& line);
  tl::expected<std::string, std::string> hear();
  void say_no_more() { child_.close_input(); }
  tl::expected<ChildEnd, std::string> hear_its_end(std::chrono::nanoseconds patience);

  std::string log() const { return log_.text(); }  ///< the last 64 KiB of its stderr

 private:
  using Clock = std::chrono::steady_clock;
  Conversation(ChildProcess child, std::chrono::nanoseconds patience)
      : child_(std::move(child)), patience_(patience) {}
  bool wait(bool to_write, Clock::time_point until);
  bool read_from(int descriptor, bool is_log);
  std::string end_of_talk();

  ChildProcess child_;
  std::chrono::nanoseconds patience_;
  LineReader lines_{protocol::kLongestMessage};
  LogTail log_;
  bool output_is_open_ = true, errors_are_open_ = true;
};

}  // namespace equivolve::engine
