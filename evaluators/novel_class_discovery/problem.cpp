#include "evaluators/novel_class_discovery/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/common/tables/names.hpp"
#include "evaluators/common/tables/splits.hpp"
#include "evaluators/common/tables/table_reader.hpp"
#include "evaluators/common/tables/table_report.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using hashing::Purpose;
using hashing::Stream;
using sdk::Refused;
using tables::Column;

constexpr std::size_t kMostClasses = 1000;
constexpr double kGreatest = 1e15;  // the squares of such numbers can still be summed as floats
/// Streams of the draws that split_seed decides.
enum Draw : std::uint64_t { kTestRows = 0, kNovelClasses = 1, kHiddenKnown = 2 };

std::string classes_text(std::size_t n) {
  return fmt::format("{} class{}", n, n == 1 ? "" : "es");
}

std::optional<Level> level_of(const tables::FeatureColumn& column, std::size_t level) {
  if (!column.categorical) return std::nullopt;
  if (level == column.levels.size()) return Level{column.name, std::nullopt};
  return Level{column.name, column.levels[level]};
}

/// Reads the file and sorts its rows into kinds.
class Opening {
 public:
  explicit Opening(const DataSettings& data) : data_(data) {
    read();
    choose_novel();
    number_classes();
    hide_known();
    split();
    check();
  }

  OpenedProblem run() {
    OpenedProblem out;
    Problem& p = out.problem;
    p.digest = table_.digest;
    p.class_names = known_names_;
    fit_features(p.features);
    std::vector<std::uint32_t> known, unlabelled, test;
    for (std::uint32_t r = 0; r < table_.rows; ++r) {
      if (is_test_[r]) {
        if (!hidden_[r]) continue;
        test.push_back(r);
        out.truth.of_test.push_back(truth_[r]);
        p.has_test = p.has_test || truth_[r] != kNoLabel;
        continue;
      }
      (hidden_[r] ? unlabelled : known).push_back(r);
      if (!hidden_[r]) p.train.classes_of_known.push_back(truth_[r]);
    }
    p.train.classes = known_names_.size();
    p.train.known = p.features.points_of(table_.features, known, data_.file, "/data/file");
    p.train.unlabelled =
        p.features.points_of(table_.features, unlabelled, data_.file, "/data/file");
    for (std::uint32_t r : unlabelled) p.row_numbers.push_back(table_.row_number(r));
    p.test = p.features.points_of(table_.features, test, data_.file, "/data/file");
    for (std::uint32_t r : test) p.test_numbers.push_back(table_.row_number(r));
    p.report = tables::report_of(table_, p.features.encoding);
    p.labels_report = labels_report();
    out.truth.novel_names = novel_names_;
    return out;
  }

 private:
  static constexpr std::uint32_t kNoLabel = HiddenTruth::kUntold;

  void read() {
    std::vector<tables::SpecialColumn> specials(1);
    specials[0].pointer = "/target";
    specials[0].name = data_.target;
    specials[0].use = tables::ColumnUse::kCategory;
    specials[0].missing = tables::OnMissing::kImpute;  // kept: rows without a label
    specials[0].max_levels = kMostClasses;
    if (data_.split) {
      specials.emplace_back();
      specials[1].pointer = "/split";
      specials[1].name = *data_.split;
      specials[1].use = tables::ColumnUse::kCategory;
      specials[1].max_levels = 100;
    }
    auto table = tables::read_table(data_.file, data_.columns, specials);
    if (!table) throw Refused("/data" + table.error().pointer, table.error().text);
    table_ = std::move(*table);
  }

  const Column& labels() const { return table_.specials[0]; }

  void choose_novel() {
    const std::vector<std::string>& levels = labels().levels;
    is_novel_.assign(levels.size(), false);
    for (std::size_t i = 0; i < data_.novel.size(); ++i) {
      const auto found = std::find(levels.begin(), levels.end(), data_.novel[i]);
      if (found == levels.end())
        throw Refused(
            "/data/novel/" + std::to_string(i),
            fmt::format("'{}' has no class '{}' in column '{}'{}", data_.file, data_.novel[i],
                        labels().name, tables::suggestion(data_.novel[i], levels)));
      is_novel_[static_cast<std::size_t>(found - levels.begin())] = true;
    }
    if (data_.novel.size() == 1)
      throw Refused("/data/novel",
                    "names one class; at least 2 are needed, or none where their "
                    "cells in the file are empty");
    if (!data_.draw_novel) return;
    if (*data_.draw_novel + 2 > levels.size())
      throw Refused("/data/novel", fmt::format("is {}, and column '{}' of '{}' has {}; at least 2 "
                                               "must stay known",
                                               *data_.draw_novel, labels().name, data_.file,
                                               classes_text(levels.size())));
    std::vector<std::uint32_t> order(levels.size());
    std::iota(order.begin(), order.end(), 0u);
    Stream stream(data_.split_seed, Purpose::kSplit, kNovelClasses);
    tables::shuffle(order, stream);
    for (std::size_t i = 0; i < *data_.draw_novel; ++i) is_novel_[order[i]] = true;
  }

  /// Known classes first, both kinds ascending.
  void number_classes() {
    const std::vector<std::string>& levels = labels().levels;
    std::vector<std::uint32_t> number(levels.size());
    for (const bool novel : {false, true})
      for (std::size_t c = 0; c < levels.size(); ++c) {
        if (is_novel_[c] != novel) continue;
        number[c] = static_cast<std::uint32_t>(known_names_.size() + novel_names_.size());
        (novel ? novel_names_ : known_names_).push_back(levels[c]);
      }
    truth_.assign(table_.rows, kNoLabel);
    hidden_.assign(table_.rows, true);
    for (std::size_t r = 0; r < table_.rows; ++r) {
      const std::uint32_t code = labels().codes[r];
      if (code == Column::kMissingCode) continue;
      truth_[r] = number[code];
      hidden_[r] = is_novel_[code];
    }
    if (known_names_.size() < 2)
      throw Refused("/data/target",
                    fmt::format("column '{}' of '{}' has {} with labels; at least 2 known classes "
                                "are needed",
                                labels().name, data_.file, classes_text(known_names_.size())));
  }

  void hide_known() {
    if (data_.hide_known <= 0) return;
    for (std::uint32_t c = 0; c < known_names_.size(); ++c) {
      std::vector<std::uint32_t> rows;
      for (std::uint32_t r = 0; r < table_.rows; ++r)
        if (!hidden_[r] && truth_[r] == c) rows.push_back(r);
      if (rows.size() < 3) continue;
      Stream stream(data_.split_seed, Purpose::kSplit, (std::uint64_t{kHiddenKnown} << 32) + c);
      for (std::uint32_t r : tables::cut_rows(rows, {}, data_.hide_known, 2, stream).part)
        hidden_[r] = true;
    }
  }

  void split() {
    is_test_.assign(table_.rows, false);
    if (data_.split) return split_by_column();
    if (data_.test_share <= 0) return;
    // Hidden rows are one stratum: their labels must not reach the split.
    std::vector<std::uint32_t> rows(table_.rows), strata(table_.rows);
    std::iota(rows.begin(), rows.end(), 0u);
    for (std::size_t r = 0; r < table_.rows; ++r)
      strata[r] = hidden_[r] ? static_cast<std::uint32_t>(known_names_.size()) : truth_[r];
    check_strata(strata);
    Stream stream(data_.split_seed, Purpose::kSplit, kTestRows);
    for (std::uint32_t r : tables::cut_rows(rows, strata, data_.test_share, 1, stream).part)
      is_test_[r] = true;
  }

  void split_by_column() {
    const Column& split = table_.specials[1];
    for (const std::string& word : split.levels)
      if (word != "train" && word != "test")
        throw Refused("/data/split",
                      fmt::format("column '{}' of '{}' holds '{}'; expected train and test",
                                  split.name, data_.file, word));
    for (std::size_t r = 0; r < table_.rows; ++r)
      is_test_[r] = split.levels[split.codes[r]] == "test";
  }

  void check_strata(const std::vector<std::uint32_t>& strata) const {
    std::vector<std::size_t> count(known_names_.size() + 1, 0);
    for (std::uint32_t s : strata) ++count[s];
    for (std::size_t c = 0; c < known_names_.size(); ++c)
      if (count[c] < 2)
        throw Refused("/data/target", fmt::format("class '{}' of '{}' has 1 row; at least 2 are "
                                                  "needed, or test_share: 0",
                                                  known_names_[c], data_.file));
    if (count.back() < 2) refuse_unlabelled(count.back());
  }
  [[noreturn]] void refuse_unlabelled(std::size_t rows) const {
    throw Refused("/data/target",
                  fmt::format("'{}' has {} unlabelled training row{}; leave cells of column '{}' "
                              "empty, name the word that stands in them in data.missing_values, or "
                              "the novel classes in data.novel",
                              data_.file, rows, rows == 1 ? "" : "s", labels().name));
  }

  /// A person sees here that a word was taken for a class, or a class for no label.
  std::string labels_report() const {
    constexpr std::size_t kNamed = 10;
    std::vector<std::size_t> count(known_names_.size(), 0);
    std::size_t unlabelled = 0;
    for (std::size_t r = 0; r < table_.rows; ++r) ++(hidden_[r] ? unlabelled : count[truth_[r]]);
    std::vector<std::size_t> order(count.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return count[a] > count[b]; });
    std::string out = "known classes: ";
    for (std::size_t i = 0; i < std::min(kNamed, order.size()); ++i)
      out += fmt::format("{}{} {}", i ? ", " : "", known_names_[order[i]], count[order[i]]);
    if (order.size() > kNamed) out += fmt::format(" and {} more", order.size() - kNamed);
    out += fmt::format(" rows; unlabelled: {} rows (column '{}' empty", unlabelled, labels().name);
    if (!data_.columns.format.missing_values.empty())
      out += fmt::format(", or one of the words {} (data.missing_values)",
                         fmt::join(data_.columns.format.missing_values, " "));
    if (!novel_names_.empty()) out += ", or a class of data.novel";
    return out + (data_.hide_known > 0 ? ", or hidden by data.hide_known)" : ")");
  }

  void check() const {
    std::vector<std::size_t> count(known_names_.size(), 0);
    std::size_t unlabelled = 0;
    for (std::size_t r = 0; r < table_.rows; ++r) {
      if (is_test_[r]) continue;
      if (hidden_[r])
        ++unlabelled;
      else
        ++count[truth_[r]];
    }
    if (unlabelled < 3) refuse_unlabelled(unlabelled);
    for (std::size_t c = 0; c < count.size(); ++c)
      if (count[c] == 0)
        throw Refused("/data/target", fmt::format("class '{}' of '{}' has no labelled training row",
                                                  known_names_[c], data_.file));
  }

  void fit_features(Features& f) const {
    std::vector<std::uint32_t> train;
    for (std::uint32_t r = 0; r < table_.rows; ++r)
      if (!is_test_[r]) train.push_back(r);
    f.encoding = tables::encoding_of(table_.features, data_.columns);
    f.fills = tables::fit_fills(f.encoding, table_.features, train);
    f.format = data_.columns.format;
    f.header = table_.header;
    const std::vector<std::string> names = f.encoding.feature_names();
    std::vector<std::uint32_t> positions(train.size());
    std::iota(positions.begin(), positions.end(), 0u);
    std::vector<double> values(train.size());
    std::size_t feature = 0;
    for (std::size_t c = 0; c < table_.features.size(); ++c)
      for (std::size_t level = 0; level < f.encoding.columns[c].width(); ++level, ++feature) {
        tables::encode(f.encoding.columns[c], table_.features[c], level, f.fills[feature], train,
                       values);
        const tables::Scale scale = tables::fit_scale(values, 1, positions);
        if (scale.deviation == 0) continue;
        f.kept.push_back(feature);
        f.names.push_back(names[feature]);
        f.levels.push_back(level_of(f.encoding.columns[c], level));
        f.scales.push_back(data_.standardize ? scale : tables::Scale{0, 1});
      }
    if (f.kept.empty())
      throw Refused(
          "/data/file",
          fmt::format("'{}': every feature is constant on the training rows", data_.file));
  }

  const DataSettings& data_;
  tables::Table table_;
  std::vector<bool> is_novel_;  // of each level of the labels
  std::vector<std::string> known_names_, novel_names_;
  std::vector<std::uint32_t> truth_;    // of each row, or kNoLabel
  std::vector<bool> hidden_, is_test_;  // of each row
};

}  // namespace

std::string Features::condition(std::size_t feature, bool above, float threshold) const {
  if (const auto& level = levels[feature])
    return fmt::format("{} {} {}", level->column, above ? "is" : "is not",
                       level->word.value_or("missing"));
  return fmt::format("{} {} {:.4g}", names[feature],
                     above ? ">" : "<=", in_own_units(feature, threshold));
}

Points Features::points_of(const std::vector<Column>& columns, std::span<const std::uint32_t> rows,
                           const std::string& file, const char* pointer) const {
  Points out(rows.size(), kept.size());
  std::vector<double> values(rows.size());
  std::size_t feature = 0, place = 0;
  for (std::size_t c = 0; c < columns.size() && place < kept.size(); ++c)
    for (std::size_t level = 0; level < encoding.columns[c].width(); ++level, ++feature) {
      if (place == kept.size() || kept[place] != feature) continue;
      tables::encode(encoding.columns[c], columns[c], level, fills[feature], rows, values);
      for (std::size_t r = 0; r < rows.size(); ++r) {
        const double value = scales[place].apply(values[r]);
        if (std::abs(value) > kGreatest)
          throw Refused(
              pointer, fmt::format("'{}': {:g} in column '{}' is too large: distances to such rows "
                                   "overflow; divide the column, or leave it out (data.drop)",
                                   file, values[r], names[place]));
        out(r, place) = static_cast<float>(value);
      }
      ++place;
    }
  return out;
}

OpenedProblem open_problem(const DataSettings& data) {
  return Opening(data).run();
}

}  // namespace equivolve::novel_class_discovery
