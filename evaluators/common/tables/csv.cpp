#include "evaluators/common/tables/csv.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <unordered_set>

namespace equivolve::tables {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

char separator_of(std::string_view text) {
  constexpr std::string_view kSeparators = ",;\t";
  std::array<std::size_t, 3> count{};
  bool quoted = false;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    if (const std::size_t which = kSeparators.find(c); which != std::string_view::npos)
      ++count[which];
  }
  return kSeparators[static_cast<std::size_t>(std::max_element(count.begin(), count.end()) -
                                              count.begin())];
}

}  // namespace

/// One pass over the text. Cells of the current record are collected, then become the header or a
/// row.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    separator_ = separator_of(text_);
  }

  tl::expected<Table, std::string> read() {
    while (at_ < text_.size()) {
      if (auto fault = read_record(); !fault.empty()) return tl::unexpected(fault);
    }
    if (!have_header_) return tl::unexpected<std::string>("the file is empty");
    if (table_.rows() == 0) return tl::unexpected<std::string>("the file has a header but no rows");
    return std::move(table_);
  }

 private:
  std::string read_record() {
    const std::size_t first_line = line_;
    cells_.clear();
    bool any_quoted = false;
    for (bool more = true; more;) {
      std::string cell;
      skip_blanks();
      if (at_ < text_.size() && text_[at_] == '"') {
        any_quoted = true;
        if (!take_quoted(cell))
          return "line " + std::to_string(first_line) + ": a quote is not closed";
      } else {
        cell = trimmed(take_plain());
      }
      cells_.push_back(std::move(cell));
      more = at_ < text_.size() && text_[at_] == separator_;
      if (more) ++at_;
    }
    if (at_ < text_.size()) {  // a line's end
      ++at_;
      ++line_;
    }
    if (cells_.size() == 1 && cells_[0].empty() && !any_quoted) return {};  // a blank line
    return have_header_ ? add_row(first_line) : add_header();
  }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] != separator_ &&
           (text_[at_] == ' ' || text_[at_] == '\t'))
      ++at_;
  }

  std::string_view take_plain() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool take_quoted(std::string& cell) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        cell += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell += '"';
        ++at_;
      } else {
        ++at_;
        cell += trimmed(take_plain());  // what follows a closing quote is kept, as spreadsheets do
        return true;
      }
    }
    return false;
  }

  std::string add_header() {
    std::unordered_set<std::string> seen;
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      if (cells_[c].empty())
        return "column " + std::to_string(c + 1) + " has no name in the header";
      if (!seen.insert(cells_[c]).second)
        return "the header names column '" + cells_[c] + "' twice";
    }
    table_.header_ = cells_;
    have_header_ = true;
    return {};
  }

  std::string add_row(std::size_t first_line) {
    if (cells_.size() != table_.header_.size())
      return "row " + std::to_string(table_.rows() + 1) + " (line " + std::to_string(first_line) +
             ") has " + std::to_string(cells_.size()) + " cells, the header has " +
             std::to_string(table_.header_.size());
    for (const std::string& cell : cells_) {
      table_.arena_ += cell;
      table_.ends_.push_back(table_.arena_.size());
    }
    table_.lines_.push_back(first_line);
    return {};
  }

  std::string_view text_;
  char separator_ = ',';
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool have_header_ = false;
  std::vector<std::string> cells_;
  Table table_;
};

std::string_view Table::cell(std::size_t row, std::size_t column) const {
  const std::size_t index = row * header_.size() + column;
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(arena_).substr(begin, ends_[index] - begin);
}

std::optional<std::size_t> Table::column_named(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

std::string Table::place(std::size_t row, std::size_t column) const {
  return "row " + std::to_string(row + 1) + " (line " + std::to_string(line(row)) + "), column '" +
         header_[column] + "'";
}

tl::expected<Table, std::string> parse_csv(std::string_view text) {
  return CsvReader(text).read();
}

bool is_missing(std::string_view cell) {
  if (cell.empty() || cell == "?") return true;
  if (cell.size() > 4) return false;
  std::string lower;
  for (char c : cell) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower == "na" || lower == "n/a" || lower == "nan" || lower == "null" || lower == "none";
}

std::optional<double> to_number(std::string_view cell) {
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (code != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

tl::expected<std::vector<double>, std::string> numeric_column(const Table& table,
                                                              std::size_t column) {
  std::vector<double> values(table.rows());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const std::string_view cell = table.cell(row, column);
    if (is_missing(cell))
      return tl::unexpected("missing value in " + table.place(row, column) +
                            "; fill it in or remove the row before a run");
    const auto number = to_number(cell);
    if (!number)
      return tl::unexpected("'" + std::string(cell.substr(0, 60)) + "' in " +
                            table.place(row, column) + " is not a finite number");
    values[row] = *number;
  }
  return values;
}

}  // namespace equivolve::tables
