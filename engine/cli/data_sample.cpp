#include "engine/cli/data_sample.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <set>

#include "engine/config/units.hpp"

namespace equivolve::cli {
namespace {

constexpr std::size_t kEnough = 4 * 1024 * 1024;
constexpr std::size_t kFewClasses = 20;

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

char separator_of(const std::string& header) {
  char best = ',';
  for (char c : {';', '\t'})
    if (std::count(header.begin(), header.end(), c) >
        std::count(header.begin(), header.end(), best))
      best = c;
  return best;
}

std::string trimmed(const std::string& cell) {
  const std::size_t from = cell.find_first_not_of(" \t\r"), to = cell.find_last_not_of(" \t\r");
  return from == std::string::npos ? "" : cell.substr(from, to - from + 1);
}

/// Rows of cells. A row that the end of the text cuts is left out when `whole` is false.
std::vector<std::vector<std::string>> cells_of(const std::string& text, char separator,
                                               bool whole) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool quoted = false;
  const auto end_row = [&] {
    row.push_back(trimmed(cell));
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
      row.push_back(trimmed(cell));
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

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

tl::expected<DataSample, std::string> sample_table(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    return tl::unexpected(file.string() + ": no such file");
  auto text = beginning_of(file);
  if (!text) return tl::unexpected(text.error());
  const char separator = separator_of(text->substr(0, text->find('\n')));
  auto rows = cells_of(*text, separator, text->size() < kEnough);
  if (rows.size() < 2)
    return tl::unexpected(file.string() + ": expected a table with a header row and rows below it");
  DataSample sample;
  sample.columns = std::move(rows.front());
  rows.erase(rows.begin());
  std::erase_if(rows, [&](const auto& row) { return row.size() != sample.columns.size(); });
  sample.rows = std::move(rows);
  return sample;
}

std::size_t guess_target(const DataSample& sample) {
  static constexpr std::array<std::string_view, 7> kUsual = {"target",  "label",     "class", "y",
                                                             "outcome", "diagnosis", "labels"};
  for (std::string_view name : kUsual)
    for (std::size_t i = 0; i < sample.columns.size(); ++i)
      if (lower(sample.columns[i]) == name) return i;
  return sample.columns.size() - 1;
}

bool looks_like_classes(const DataSample& sample, std::size_t column) {
  std::set<double> values;
  for (const auto& row : sample.rows) {
    const std::string& cell = row[column];
    if (cell.empty()) continue;
    const auto number = engine::parse_number(cell);
    if (!number) return true;
    if (*number != std::floor(*number)) return false;
    values.insert(*number);
    if (values.size() > kFewClasses) return false;
  }
  return true;
}

}  // namespace equivolve::cli
