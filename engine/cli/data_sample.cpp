#include "engine/cli/data_sample.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>

namespace equivolve::cli {
namespace {

constexpr std::size_t kEnough = 4 * 1024 * 1024;

tl::expected<std::string, std::string> beginning_of(const std::filesystem::path& file) {
  gzFile in = gzopen(file.c_str(), "rb");  // reads plain files as they are
  if (in == nullptr)
    return tl::unexpected(file.string() + ": cannot be read: " + std::strerror(errno));
  std::string text(kEnough, '\0');
  const int got = gzread(in, text.data(), static_cast<unsigned>(text.size()));
  gzclose(in);
  if (got < 0) return tl::unexpected(file.string() + ": cannot be unpacked; is it whole?");
  text.resize(static_cast<std::size_t>(got));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

std::string trimmed(const std::string& cell) {
  const std::size_t from = cell.find_first_not_of(" \t\r"), to = cell.find_last_not_of(" \t\r");
  return from == std::string::npos ? "" : cell.substr(from, to - from + 1);
}

char separator_of(const std::string& header) {
  char best = ',';
  for (char c : {';', '\t'})
    if (std::count(header.begin(), header.end(), c) >
        std::count(header.begin(), header.end(), best))
      best = c;
  if (header.find(best) != std::string::npos) return best;
  if (header.find('|') != std::string::npos) return '|';
  // Blanks part cells only where nothing else does.
  const std::string line = trimmed(header);
  return line.find(' ') != std::string::npos ? ' ' : best;
}

/// Rows of cells. A row that the end of the text cuts is left out when `whole` is false.
std::vector<std::vector<std::string>> cells_of(const std::string& text, char separator,
                                               bool whole) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool quoted = false;
  const auto end_row = [&] {
    const std::string last = trimmed(cell);
    if (separator != ' ' || !last.empty() || row.empty()) row.push_back(last);
    cell.clear();
    if (row.size() > 1 || !row.front().empty()) rows.push_back(row);
    row.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      cell += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == separator) {
      // A run of blanks is one separator.
      if (separator != ' ' || !cell.empty()) row.push_back(trimmed(cell));
      cell.clear();
    } else if (!quoted && c == '\n') {
      end_row();
    } else {
      cell += c;
    }
  }
  if (whole && (!row.empty() || !cell.empty())) end_row();
  return rows;
}

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back("c" + std::to_string(i));
  return names;
}

/// Whether the cells of a column below the first are numbers with decimal commas.
bool reads_with_commas(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  bool comma = false;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    if (column >= rows[r].size() || is_missing(rows[r][column])) continue;
    if (!number_in(rows[r][column], ',')) return false;
    comma = comma || rows[r][column].find(',') != std::string::npos;
  }
  return comma;
}

bool has_point(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  for (std::size_t r = 1; r < rows.size(); ++r)
    if (column < rows[r].size() && rows[r][column].find('.') != std::string::npos &&
        number_in(rows[r][column], '.'))
      return true;
  return false;
}

/// A comma where some columns need it to be numbers, and none needs a point.
char decimal_of(const std::vector<std::vector<std::string>>& rows, char separator) {
  bool comma = false;
  for (std::size_t c = 0; separator != ',' && c < rows.front().size(); ++c) {
    if (has_point(rows, c)) return '.';
    comma = comma || reads_with_commas(rows, c);
  }
  return comma ? ',' : '.';
}

}  // namespace

std::optional<double> number_in(std::string_view cell, char decimal) {
  std::string text(cell);
  if (decimal == ',') {
    if (text.find('.') != std::string::npos) return std::nullopt;
    if (const std::size_t comma = text.find(','); comma != std::string::npos) text[comma] = '.';
  }
  if (text.starts_with('+')) text.erase(0, text.starts_with("+-") ? 0 : 1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || code != std::errc() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

bool is_missing(const std::string& cell) {
  static constexpr std::array<std::string_view, 7> kWords = {"",    "?",    "na",  "n/a",
                                                             "nan", "null", "none"};
  std::string lower = cell;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

tl::expected<DataSample, std::string> sample_table(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    return tl::unexpected(file.string() + ": no such file");
  auto text = beginning_of(file);
  if (!text) return tl::unexpected(text.error());
  DataSample sample;
  sample.separator = separator_of(text->substr(0, text->find('\n')));
  auto rows = cells_of(*text, sample.separator, text->size() < kEnough);
  if (rows.size() < 2)
    return tl::unexpected(file.string() + ": expected a table with a header row and rows below it");
  sample.decimal = decimal_of(rows, sample.separator);
  sample.header = std::none_of(rows.front().begin(), rows.front().end(), [&](const auto& cell) {
    return number_in(cell, sample.decimal).has_value();
  });
  // Each line may end with one separator more.
  if (sample.header && rows.front().size() > 1 && rows.front().back().empty())
    for (auto& row : rows)
      if (row.back().empty()) row.pop_back();
  sample.columns = sample.header ? rows.front() : numbered(rows.front().size());
  if (sample.header) rows.erase(rows.begin());
  std::erase_if(rows, [&](const auto& row) { return row.size() != sample.columns.size(); });
  sample.rows = std::move(rows);
  return sample;
}

}  // namespace equivolve::cli
