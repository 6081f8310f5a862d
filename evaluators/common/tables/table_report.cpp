#include "evaluators/common/tables/table_report.hpp"

#include <algorithm>

namespace equivolve::tables {
namespace {

constexpr std::size_t kMostNamed = 8;

/// "age 1, city 2, and 3 more".
class List {
 public:
  void add(const std::string& item) {
    if (count_++ < kMostNamed) text_ += (text_.empty() ? "" : ", ") + item;
  }
  std::string text() const {
    return count_ <= kMostNamed ? text_
                                : text_ + ", and " + std::to_string(count_ - kMostNamed) + " more";
  }
  bool empty() const { return count_ == 0; }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

std::string missing_of(const Table& table) {
  List list;
  for (const auto* columns : {&table.features, &table.specials})
    for (const Column& column : *columns)
      if (column.missing > 0) list.add(shown(column.name) + " " + std::to_string(column.missing));
  return list.text();
}

std::string categories_of(const Encoding& encoding) {
  List list;
  for (const FeatureColumn& column : encoding.columns)
    if (column.categorical)
      list.add(shown(column.name) + " (" + std::to_string(column.levels.size()) +
               (column.levels.size() == 1 ? " level" : " levels") +
               (column.missing_level ? " and missing)" : ")"));
  return list.text();
}

std::string filled_in(const Table& table, const Encoding& encoding) {
  List list;
  for (std::size_t c = 0; c < table.features.size(); ++c) {
    const Column& column = table.features[c];
    const FeatureColumn& feature = encoding.columns[c];
    if (encoding.missing != OnMissing::kImpute || column.missing == 0) continue;
    const char* by = !feature.categorical    ? " (median)"
                     : feature.missing_level ? " (a level of its own)"
                                             : " (most frequent level)";
    list.add(shown(column.name) + " " + std::to_string(column.missing) + by);
  }
  return list.text();
}

}  // namespace

std::string report_of(const Table& table, const Encoding& encoding) {
  std::string out;
  const auto say = [&](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  if (!table.header) say("no header: columns are called c1, c2, ...");
  if (const std::string categories = categories_of(encoding); !categories.empty())
    say("categories, a feature of 0 and 1 for each level: " + categories);
  if (table.rows < table.rows_in_file)
    say(std::to_string(table.rows_in_file - table.rows) + " of " +
        std::to_string(table.rows_in_file) + " rows dropped, missing cells: " + missing_of(table));
  if (const std::string filled = filled_in(table, encoding); !filled.empty())
    say("missing cells filled in by what training rows say: " + filled);
  return out;
}

}  // namespace equivolve::tables
