#include "gui/models/csv.hpp"

namespace equivolve::gui {

std::vector<std::vector<std::string>> parse_csv(std::string_view text, char separator,
                                                std::size_t most) {
  std::vector<std::vector<std::string>> rows;
  bool quoted = false, begun = false;  // within quotes; within a row
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!begun) {
      if (rows.size() == most) break;
      rows.push_back({""});
      begun = true;
    }
    std::string& cell = rows.back().back();
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cell += c;
        ++at;
      } else {
        quoted = false;
      }
    } else if (c == '"' && cell.empty()) {
      quoted = true;
    } else if (c == separator) {
      rows.back().emplace_back();
    } else if (c == '\n') {
      begun = false;
    } else if (c != '\r') {
      cell += c;
    }
  }
  return rows;
}

}  // namespace equivolve::gui
