// Bytes to records: the grammar of CSV (RFC 4180, and what programs write in its name) and nothing
// else.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace equivolve::tables {

/// The cells of one record, quotes and blanks around them removed. What cell() gives lasts until
/// the next record.
class Record {
 public:
  std::size_t size() const { return ends_.size(); }
  std::string_view cell(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }
  std::size_t line() const { return line_; }  ///< where it begins, from 1

 private:
  friend class CsvScanner;
  std::string text_;               // the cells behind each other
  std::vector<std::size_t> ends_;  // of each cell in text_
  std::size_t line_ = 1;
};

/// Takes text in pieces of any size and hands on each record as it ends. Cells stand between
/// separators; one that begins with a quote goes on to the closing one ("" is a quote), line ends
/// and separators included, and what follows the closing quote is kept. Records end with LF, CRLF
/// or CR; blank lines are skipped, and so is a byte order mark. Refused, with the line: NUL bytes,
/// a quote that is not closed, a record of more than 64 MiB.
class CsvScanner {
 public:
  using Outcome = tl::expected<void, std::string>;
  using OnRecord = std::function<Outcome(const Record&)>;  ///< an error ends the reading

  /// `separator` ' ': any run of blanks and tabs between cells, those at a line's ends ignored.
  CsvScanner(char separator, OnRecord on_record);

  Outcome feed(std::string_view piece);
  Outcome finish();  ///< the last record may lack its line end

 private:
  enum class State { kCellStart, kPlain, kQuoted, kQuoteInQuoted };

  Outcome scan(std::string_view piece);
  /// Each takes what it can from `at` on and says where it stopped.
  std::size_t start_cell(std::string_view piece, std::size_t at);
  std::size_t take_quoted(std::string_view piece, std::size_t at);
  std::size_t take_plain(std::string_view piece, std::size_t at);
  void end_cell();
  Outcome end_record();

  bool is_blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  bool is_separator(char c) const { return c == separator_ || (by_blanks_ && c == '\t'); }
  static bool is_line_end(char c) { return c == '\n' || c == '\r'; }

  char separator_;
  bool by_blanks_;
  OnRecord on_record_;
  Record record_;
  State state_ = State::kCellStart;
  std::size_t line_ = 1;
  std::size_t keep_ = 0;        // blanks behind this place in the record's text may be cut off
  std::size_t quote_line_ = 1;  // where the last quote was opened
  bool any_quoted_ = false;     // in this record
  bool after_return_ = false;   // the last byte was a CR that ended a record
  bool started_ = false;        // a byte order mark has been looked for
  std::string start_;           // the first bytes, until there are enough to tell one
};

/// The separator of a text whose beginning this is: the most frequent of comma, semicolon and tab
/// outside quotes in the first line that is not blank, the first of them on ties; a bar where none
/// of them occurs. Comma where there is no separator at all. `decimal_comma`: a comma is none.
char guess_separator(std::string_view beginning, bool decimal_comma);

/// Whether the first line that is not blank ends in `text`.
bool holds_first_line(std::string_view text);

}  // namespace equivolve::tables
