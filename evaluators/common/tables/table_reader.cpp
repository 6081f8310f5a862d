#include "evaluators/common/tables/table_reader.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <unordered_set>

#include "evaluators/common/tables/csv_scanner.hpp"

namespace equivolve::tables {
namespace {

constexpr std::size_t kLongestFirstLine = std::size_t{16} << 20;
constexpr std::size_t kMostRows = std::numeric_limits<std::uint32_t>::max() - 1;

/// A column that is read.
struct Target {
  std::size_t place = 0;
  OnMissing missing = OnMissing::kRefuse;
  std::string pointer;  // of faults that are not a cell's own; empty for features
  ColumnBuilder builder;
};

using Targets = std::vector<Target>;
using Planner = std::function<tl::expected<Targets, Fault>(const Names&)>;

class Reader {
 public:
  Reader(const std::string& path, const TextFormat& format, bool settled, Planner plan)
      : path_(path),
        format_(format),
        settled_(settled),
        plan_(std::move(plan)),
        is_missing_(format.missing_values, format.decimal) {}

  /// Fills `table` and gives the columns in the planner's order.
  tl::expected<std::vector<Column>, Fault> read(Table& table) {
    auto file = DataFile::open(path_, settled_ ? FileKinds::kPipesToo : FileKinds::kRegular);
    if (!file) return tl::unexpected(Fault{"/file", file.error()});
    if (auto done = scan(*file); !done)
      return tl::unexpected(fault_ ? *fault_ : Fault{"/file", "'" + path_ + "': " + done.error()});
    table.digest = file->digest();
    table.header = names_.header;
    table.rows_in_file = rows_in_file_;
    table.rows = rows_in_file_ - dropped_;
    table.kept = std::move(kept_);
    if (auto fault = fault_at_end(table)) return tl::unexpected(*fault);
    std::vector<Column> columns;
    for (Target& target : targets_) columns.push_back(target.builder.finish());
    return columns;
  }

 private:
  using Outcome = CsvScanner::Outcome;

  Outcome scan(DataFile& file) {
    std::string beginning;
    char separator = format_.separator.value_or(',');
    while (!format_.separator && !holds_first_line(beginning)) {
      auto piece = file.next();
      if (!piece) return stop({"/file", piece.error()});
      if (piece->empty()) break;
      beginning += *piece;
      if (beginning.size() > kLongestFirstLine)
        return tl::unexpected<std::string>(
            "the first line is longer than 16 MiB; is this a table?");
    }
    if (!format_.separator) separator = guess_separator(beginning, format_.decimal == ',');
    separator_ = separator;
    CsvScanner scanner(separator, [this](const Record& record) { return take(record); });
    if (auto done = scanner.feed(beginning); !done) return done;
    beginning = std::string();
    for (;;) {
      auto piece = file.next();
      if (!piece) return stop({"/file", piece.error()});
      if (piece->empty()) return scanner.finish();
      if (auto done = scanner.feed(*piece); !done) return done;
    }
  }

  /// Ends the reading with a fault that is already complete.
  Outcome stop(Fault fault) {
    fault_ = std::move(fault);
    return tl::unexpected<std::string>("");
  }
  Outcome stop_at(const std::string& pointer, const std::string& text) {
    return stop({pointer, "'" + path_ + "': " + text});
  }

  Outcome take(const Record& record) {
    if (!started_) {
      started_ = true;
      if (auto done = begin(record); !done || names_.header) return done;
    }
    return take_row(record);
  }

  bool is_header(const Record& record) const {
    if (format_.header) return *format_.header;
    for (std::size_t i = 0; i < record.size(); ++i)
      if (to_number(record.cell(i), format_.decimal)) return false;
    return true;
  }

  Outcome begin(const Record& record) {
    names_.header = is_header(record);
    std::size_t count = record.size();
    if (names_.header && count > 1 && record.cell(count - 1).empty()) {
      --count;
      empty_end_ = true;
    }
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < count; ++i) {
      std::string name(names_.header ? record.cell(i) : std::string_view());
      names_.unnamed.push_back(names_.header && name.empty());
      if (first_non_utf8(name) != std::string::npos)
        return tl::unexpected("the header is not UTF-8 text (name " + std::to_string(i + 1) +
                              "); save the file as UTF-8");
      if (name.empty()) name = "c" + std::to_string(i + 1);
      if (!seen.insert(name).second)
        return tl::unexpected("the header names column '" + shown(name) + "' twice" +
                              (format_.header ? "" : " (if it is no header, say header: false)"));
      names_.names.push_back(std::move(name));
    }
    auto targets = plan_(names_);
    if (!targets) return stop(targets.error());
    targets_ = std::move(*targets);
    return {};
  }

  Outcome take_row(const Record& record) {
    const std::size_t columns = names_.names.size();
    if (rows_in_file_ == kMostRows) return tl::unexpected<std::string>("more than 2^32 - 2 rows");
    ++rows_in_file_;
    if (record.size() != columns &&
        !(empty_end_ && record.size() == columns + 1 && record.cell(columns).empty()))
      return tl::unexpected(ragged(record));
    bool drop = false;
    missing_.assign(targets_.size(), false);
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      Target& target = targets_[t];
      if (!is_missing_(record.cell(target.place))) continue;
      if (target.missing == OnMissing::kRefuse) return refuse_missing(record, target);
      target.builder.count_missing();
      missing_[t] = true;
      drop = drop || target.missing == OnMissing::kDrop;
    }
    return drop ? drop_row() : keep_row(record);
  }

  Outcome drop_row() {
    if (dropped_++ == 0)
      for (std::uint32_t row = 1; row < rows_in_file_; ++row) kept_.push_back(row);
    return {};
  }

  Outcome keep_row(const Record& record) {
    if (dropped_ > 0) kept_.push_back(static_cast<std::uint32_t>(rows_in_file_));
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      Target& target = targets_[t];
      if (missing_[t]) {
        target.builder.add_missing();
        continue;
      }
      const std::string_view cell = record.cell(target.place);
      const CellFault fault = target.builder.add(cell);
      if (fault != CellFault::kNone) return refuse(record, target, cell, fault);
    }
    return {};
  }

  std::string ragged(const Record& record) const {
    std::string text =
        "row " + std::to_string(rows_in_file_) + " (line " + std::to_string(record.line()) +
        ") has " + std::to_string(record.size()) + (record.size() == 1 ? " cell, " : " cells, ") +
        (names_.header ? "the header has " : "row 1 has ") + std::to_string(names_.names.size());
    if (record.size() == names_.names.size() + 1 && record.cell(record.size() - 1).empty())
      text += "; the line ends with a separator";
    return text;
  }

  /// "row 3 (line 4), column 'age'"
  std::string place(const Record& record, const Target& target) const {
    return "row " + std::to_string(rows_in_file_) + " (line " + std::to_string(record.line()) +
           "), column '" + shown(target.builder.name()) + "'";
  }

  Outcome refuse_missing(const Record& record, const Target& target) {
    std::string text = "missing value in " + place(record, target) + "; fill it in";
    if (!settled_)
      text += target.pointer.empty() ? ", or say missing: drop or missing: impute"
                                     : ", or say missing_target: drop";
    return stop_at("/file", text);
  }

  Outcome refuse(const Record& record, const Target& target, std::string_view cell,
                 CellFault fault) {
    const std::string name = "column '" + shown(target.builder.name()) + "'";
    const std::string where = place(record, target), what = "'" + shown(cell) + "'";
    const std::string most = std::to_string(target.builder.max_levels());
    switch (fault) {
      case CellFault::kNotUtf8:
        return stop_at("/file", where + ", is not UTF-8 text; save the file as UTF-8");
      case CellFault::kTooManyLevels:
        if (!target.pointer.empty())
          return stop_at(target.pointer, name + " holds more than " + most + " different classes");
        return stop_at("/file", name + " holds more than " + most + " different words" +
                                    about_comma(cell, "'" + shown(cell) + "'") +
                                    "; leave it out (drop), or raise max_levels");
      case CellFault::kNotAWord:
        return stop_at("/file", what + " in " + where +
                                    " is a number, and cells above it are words; mend it, or name "
                                    "the column in categorical");
      default:
        return stop_at(target.pointer.empty() ? "/file" : target.pointer,
                       what + " in " + where + " is not a finite number" +
                           (settled_ ? "" : hint(cell, target.pointer.empty())));
    }
  }

  /// What may be behind a comma that makes a word of a number; `what`: the cell.
  std::string about_comma(std::string_view cell, const std::string& what) const {
    std::string digits(cell);
    std::erase(digits, ',');
    if (format_.decimal != '.' || digits.size() == cell.size() || !to_number(digits)) return "";
    if (separator_ == ',')
      return "; if " + what + " is a number, write it without commas between thousands";
    return to_number(cell, ',') ? "; if " + what +
                                      " is a number with a decimal comma, say "
                                      "decimal: \",\""
                                : "";
  }

  std::string hint(std::string_view cell, bool feature) const {
    if (const std::string text = about_comma(cell, "it"); !text.empty()) return text;
    const bool letters =
        std::all_of(cell.begin(), cell.end(), [](char c) { return c < '0' || c > '9'; });
    return feature && letters ? "; if the column holds words, name it in categorical" : "";
  }

  std::optional<Fault> fault_at_end(const Table& table) const {
    const auto in_file = [&](const std::string& text) {
      return Fault{"/file", "'" + path_ + "': " + text};
    };
    if (!started_) return in_file("the file is empty");
    if (table.rows_in_file == 0) return in_file("the file has a header but no rows");
    if (table.rows == 0)
      return in_file("each of its " + std::to_string(table.rows_in_file) +
                     " rows has a missing value and would be dropped");
    for (const Target& target : targets_)
      if (!settled_ && !target.builder.has_values())
        return in_file("column '" + shown(target.builder.name()) +
                       "' holds no value at all; leave it out (drop)");
    return std::nullopt;
  }

  const std::string& path_;
  const TextFormat& format_;
  bool settled_;  // what columns hold is known, and settings can be changed no more
  Planner plan_;
  MissingValues is_missing_;
  Names names_;
  Targets targets_;
  char separator_ = ',';
  bool started_ = false;
  bool empty_end_ = false;     // the first record has an empty cell behind its last name
  std::vector<bool> missing_;  // which cells of the row at hand are missing, one a target
  std::vector<std::uint32_t> kept_;
  std::size_t rows_in_file_ = 0, dropped_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace

tl::expected<Table, Fault> read_table(const std::string& path, const TableSettings& settings,
                                      const std::vector<SpecialColumn>& specials) {
  std::size_t feature_count = 0;
  const auto plan = [&](const Names& names) -> tl::expected<Targets, Fault> {
    const auto chosen = choose_columns(path, names, settings, specials);
    if (!chosen) return tl::unexpected(chosen.error());
    Targets targets;
    for (const ChosenColumn& column : chosen->features)
      targets.push_back({column.place, settings.missing, "",
                         ColumnBuilder(names.names[column.place], column.use, settings.max_levels,
                                       settings.format.decimal)});
    feature_count = targets.size();
    for (std::size_t s = 0; s < specials.size(); ++s)
      targets.push_back({chosen->specials[s], specials[s].missing, specials[s].pointer,
                         ColumnBuilder(names.names[chosen->specials[s]], specials[s].use,
                                       specials[s].max_levels, settings.format.decimal)});
    return targets;
  };
  Table table;
  auto columns = Reader(path, settings.format, false, plan).read(table);
  if (!columns) return tl::unexpected(columns.error());
  for (std::size_t c = 0; c < columns->size(); ++c)
    (c < feature_count ? table.features : table.specials).push_back(std::move((*columns)[c]));
  return table;
}

tl::expected<Table, Fault> read_rows(const std::string& path, const TextFormat& format, bool header,
                                     const Encoding& encoding) {
  TextFormat known = format;
  known.header = header;
  const auto plan = [&](const Names& names) -> tl::expected<Targets, Fault> {
    Targets targets;
    for (const FeatureColumn& column : encoding.columns) {
      const auto found = std::find(names.names.begin(), names.names.end(), column.name);
      if (found == names.names.end())
        return tl::unexpected(Fault{"/file", no_such_column(path, names, column.name)});
      const auto place = static_cast<std::size_t>(found - names.names.begin());
      targets.push_back({place, encoding.missing, "",
                         column.categorical
                             ? ColumnBuilder(column.name, column.levels)
                             : ColumnBuilder(column.name, ColumnUse::kNumber, 0, format.decimal)});
    }
    return targets;
  };
  Table table;
  auto columns = Reader(path, known, true, plan).read(table);
  if (!columns) return tl::unexpected(columns.error());
  table.features = std::move(*columns);
  return table;
}

}  // namespace equivolve::tables
