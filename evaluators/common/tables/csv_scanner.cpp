#include "evaluators/common/tables/csv_scanner.hpp"

#include <algorithm>
#include <utility>

namespace equivolve::tables {
namespace {

constexpr std::size_t kLongestRecord = std::size_t{1} << 26;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string in_line(std::size_t line, const std::string& what) {
  return "line " + std::to_string(line) + ": " + what;
}

/// Calls see(character) for what stands outside quotes in the first line that is not blank; whether
/// that line ends.
template <class See>
bool in_first_line(std::string_view text, See see) {
  bool quoted = false, blank = true;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) {
      if (!blank) return true;
      continue;
    }
    blank = blank && (c == ' ' || c == '\t');
    if (!quoted) see(c);
  }
  return false;
}

}  // namespace

CsvScanner::CsvScanner(char separator, OnRecord on_record)
    : separator_(separator), by_blanks_(separator == ' '), on_record_(std::move(on_record)) {}

CsvScanner::Outcome CsvScanner::feed(std::string_view piece) {
  if (!started_) {
    start_ += piece;
    if (start_.size() < kByteOrderMark.size()) return {};
    started_ = true;
    const std::string start = std::move(start_);
    const bool marked = start.starts_with(kByteOrderMark);
    return feed(std::string_view(start).substr(marked ? kByteOrderMark.size() : 0));
  }
  const std::size_t nul = piece.find('\0');
  if (auto done = scan(piece.substr(0, nul)); !done || nul == std::string_view::npos) return done;
  return tl::unexpected(in_line(line_, "a NUL byte; this is no text file"));
}

CsvScanner::Outcome CsvScanner::finish() {
  if (!started_) {
    started_ = true;
    if (auto done = feed(start_); !done) return done;
  }
  if (state_ == State::kQuoted)
    return tl::unexpected(in_line(quote_line_, "a quote is not closed"));
  return state_ == State::kCellStart && record_.ends_.empty() ? Outcome() : end_record();
}

CsvScanner::Outcome CsvScanner::scan(std::string_view piece) {
  for (std::size_t at = 0; at < piece.size();) {
    if (std::exchange(after_return_, false) && piece[at] == '\n') {
      ++at;
      continue;
    }
    if (state_ == State::kCellStart) at = start_cell(piece, at);
    if (state_ == State::kQuoted || state_ == State::kQuoteInQuoted) at = take_quoted(piece, at);
    if (state_ == State::kPlain) at = take_plain(piece, at);
    if (record_.text_.size() > kLongestRecord)
      return tl::unexpected(
          state_ == State::kQuoted
              ? in_line(quote_line_, "a quote is not closed within 64 MiB")
              : in_line(record_.line_, "a row of more than 64 MiB; is this a table?"));
    if (at == piece.size()) break;
    if (state_ == State::kCellStart || state_ == State::kPlain) {
      if (is_line_end(piece[at])) {
        after_return_ = piece[at] == '\r';
        if (auto done = end_record(); !done) return done;
      } else {
        end_cell();
      }
      ++at;
    }
  }
  return {};
}

/// Passes blanks; stops in front of a line end that ends no further cell.
std::size_t CsvScanner::start_cell(std::string_view piece, std::size_t at) {
  while (at < piece.size() && is_blank(piece[at]) && !is_line_end(piece[at])) ++at;
  if (at == piece.size() || (by_blanks_ && is_line_end(piece[at]))) return at;
  keep_ = record_.text_.size();
  if (piece[at] != '"') {
    state_ = State::kPlain;
    return at;
  }
  state_ = State::kQuoted;
  any_quoted_ = true;
  quote_line_ = line_;
  return at + 1;
}

std::size_t CsvScanner::take_quoted(std::string_view piece, std::size_t at) {
  std::string& text = record_.text_;
  while (at < piece.size()) {
    if (state_ == State::kQuoteInQuoted) {
      if (piece[at] != '"') {
        keep_ = text.size();
        state_ = State::kPlain;
        return at;
      }
      text += '"';
      state_ = State::kQuoted;
      ++at;
      continue;
    }
    const std::size_t end = std::min(piece.find('"', at), piece.size());
    const std::string_view inside = piece.substr(at, end - at);
    text += inside;
    line_ += static_cast<std::size_t>(std::count(inside.begin(), inside.end(), '\n'));
    if (end < piece.size()) state_ = State::kQuoteInQuoted;
    at = std::min(end + 1, piece.size());
  }
  return at;
}

std::size_t CsvScanner::take_plain(std::string_view piece, std::size_t at) {
  std::string& text = record_.text_;
  if (text.size() == keep_)
    while (at < piece.size() && is_blank(piece[at]) && !is_separator(piece[at])) ++at;
  std::size_t end = at;
  while (end < piece.size() && !is_separator(piece[end]) && !is_line_end(piece[end])) ++end;
  text += piece.substr(at, end - at);
  return end;
}

void CsvScanner::end_cell() {
  std::string& text = record_.text_;
  if (state_ == State::kPlain) {
    std::size_t end = text.size();
    while (end > keep_ &&
           (is_blank(text[end - 1]) || text[end - 1] == '\v' || text[end - 1] == '\f'))
      --end;
    text.resize(end);
  }
  record_.ends_.push_back(text.size());
  state_ = State::kCellStart;
}

CsvScanner::Outcome CsvScanner::end_record() {
  if (!(by_blanks_ && state_ == State::kCellStart)) end_cell();
  ++line_;
  const bool blank =
      record_.size() == 0 || (record_.size() == 1 && record_.text_.empty() && !any_quoted_);
  Outcome outcome = blank ? Outcome() : on_record_(record_);
  record_.text_.clear();
  record_.ends_.clear();
  record_.line_ = line_;
  any_quoted_ = false;
  return outcome;
}

char guess_separator(std::string_view beginning, bool decimal_comma) {
  constexpr std::string_view kSeparators = ",;\t|";
  std::size_t count[4] = {};
  in_first_line(beginning, [&](char c) {
    if (const std::size_t which = kSeparators.find(c); which != std::string_view::npos)
      ++count[which];
  });
  if (decimal_comma) count[0] = 0;
  const std::size_t* most = std::max_element(count, count + 3);
  if (*most == 0 && count[3] > 0) return '|';
  return *most == 0 ? ',' : kSeparators[static_cast<std::size_t>(most - count)];
}

bool holds_first_line(std::string_view text) {
  return in_first_line(text, [](char) {});
}

}  // namespace equivolve::tables
