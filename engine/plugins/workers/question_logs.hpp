// What a worker prints, by the question that it was about. Where questions wait, a worker goes on
// with the next one before the engine has read its answer to the last; so it writes a mark to its
// log before each: the byte 30 (record separator, RFC 20), the question's id in decimal digits, and
// a line's end.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/processes/log_tail.hpp"

namespace equivolve::engine {

/// As the worker writes it.
std::string log_mark(std::uint64_t question);

class QuestionLogs {
 public:
  /// The question whose turn it is. What was printed for earlier ones is forgotten.
  void begin(std::uint64_t question);
  /// Ids rise: a mark of one that was not asked yet (`last`: the last that was), or comes again, is
  /// text like any other.
  void add(std::string_view bytes, std::uint64_t last);
  /// The last 64 KiB of what was printed for the question whose turn it is (kept_log); without
  /// marks, since its turn began.
  std::string text() const;

 private:
  void add_text(std::string_view bytes);
  bool take_mark(std::uint64_t last);

  std::map<std::uint64_t, LogTail> logs_;  // by question
  std::uint64_t turn_ = 0, writing_ = 0;   // whose turn it is, and whom text belongs to
  std::uint64_t marked_ = 0;               // whose mark was the last
  std::string held_;                       // what may become a mark
};

}  // namespace equivolve::engine
