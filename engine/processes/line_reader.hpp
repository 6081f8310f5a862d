// Lines out of a stream of bytes that comes in pieces, in bounded memory. What has no end within
// the bound is passed over and counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/processes/returning_allocator.hpp"

namespace equivolve::engine {

class LineReader {
 public:
  /// `longest`: bytes of a line, without its end.
  explicit LineReader(std::size_t longest) : longest_(longest) {}

  void add(std::string_view bytes);
  /// The next whole line, without "\n" or "\r\n"; valid until the next call.
  std::optional<std::string_view> next();
  /// What came after the last line's end, once nothing more will come; nothing where that is
  /// nothing, or too long.
  std::optional<std::string_view> rest();

  std::uint64_t overlong() const { return overlong_; }  ///< lines passed over

 private:
  void pass_over();
  void make_room(std::size_t more);

  std::size_t longest_;
  std::basic_string<char, std::char_traits<char>, ReturningAllocator<char>> buffer_;
  std::size_t begin_ = 0;   // of the next line in the buffer
  std::size_t looked_ = 0;  // up to here there is no line's end
  bool passing_ = false;    // within a line that was too long
  std::uint64_t overlong_ = 0;
};

}  // namespace equivolve::engine
