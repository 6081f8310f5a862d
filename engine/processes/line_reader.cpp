#include "engine/processes/line_reader.hpp"

#include <algorithm>

namespace equivolve::engine {
namespace {

std::string_view without_return(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

void LineReader::add(std::string_view bytes) {
  if (passing_) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    passing_ = false;
  }
  // What was handed out is dropped here alone: once a piece, not once a line.
  buffer_.erase(0, begin_);
  looked_ -= begin_;
  begin_ = 0;
  make_room(bytes.size());
  buffer_ += bytes;
}

/// Doubles, and takes the room of the longest line that is kept where that is little more.
void LineReader::make_room(std::size_t more) {
  const std::size_t needed = buffer_.size() + more;
  if (needed <= buffer_.capacity()) return;
  constexpr std::size_t kPieces = std::size_t{1} << 18;  // that come before it is looked at
  const std::size_t twice = 2 * buffer_.capacity(), most = longest_ + kPieces;
  buffer_.reserve(std::max(needed, 2 * twice > most ? most : twice));
}

std::optional<std::string_view> LineReader::next() {
  while (true) {
    const std::size_t end = buffer_.find('\n', looked_);
    if (end == std::string::npos) {
      looked_ = buffer_.size();
      // One byte more than the bound may yet be the return before the end.
      if (buffer_.size() - begin_ > longest_ + 1) pass_over();
      return std::nullopt;
    }
    const auto line = without_return(std::string_view(buffer_).substr(begin_, end - begin_));
    begin_ = looked_ = end + 1;
    if (line.size() <= longest_) return line;
    ++overlong_;
  }
}

std::optional<std::string_view> LineReader::rest() {
  const auto line = without_return(std::string_view(buffer_).substr(begin_));
  begin_ = looked_ = buffer_.size();
  if (line.empty()) return std::nullopt;
  if (line.size() <= longest_) return line;
  ++overlong_;
  return std::nullopt;
}

void LineReader::pass_over() {
  buffer_ = {};
  begin_ = looked_ = 0;
  passing_ = true;
  ++overlong_;
}

}  // namespace equivolve::engine
