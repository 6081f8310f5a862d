// Tasks made from the rows of a CSV file.
#include <fmt/format.h>
#include <algorithm>

#include "evaluators/algorithm_discovery/column_meaning.hpp"
#include "evaluators/algorithm_discovery/encoded_rows.hpp"
#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/algorithm_discovery/task_cache.hpp"
#include "evaluators/common/tables/table_reader.hpp"
#include "evaluators/common/tables/table_report.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using hashing::Purpose;
using hashing::Stream;
using sdk::Refused;
using tables::Rows;

constexpr std::size_t kFewestRows = 10;

Rows all_rows(std::size_t n) {
  Rows rows(n);
  for (std::size_t i = 0; i < n; ++i) rows[i] = static_cast<std::uint32_t>(i);
  return rows;
}

class TableProblem final : public Problem {
 public:
  TableProblem(const TableData& data, const Options& options) : options_(options) {
    read_columns(data);
    check_sizes(data);
    info_.preprocessed = true;
    if (data.test_share > 0) {
      Stream stream(data.split_seed, Purpose::kSplit, 0);
      tables::Cut cut = tables::cut_rows(all_rows(rows_), classes_, data.test_share, 2, stream);
      pool_ = std::move(cut.rest);
      test_ = std::move(cut.part);
      info_.has_test = true;
    } else {
      pool_ = all_rows(rows_);
    }
  }

  const ProblemInfo& info() const override { return info_; }
  bool items_are_rows() const override { return true; }

  std::uint32_t task_count() const override { return options_.resamplings; }

  Tasks validation_tasks(std::uint64_t common_seed, std::uint32_t most) const override {
    const std::uint32_t count = std::min(most, options_.resamplings);
    return cache_.get({common_seed, count}, [&] {
      std::vector<Task> tasks;
      for (std::uint32_t r = 0; r < count; ++r) {
        Stream stream(common_seed, Purpose::kSplit, 1 + r);
        const tables::Cut cut =
            tables::cut_rows(pool_, classes_, options_.validation_share, 1, stream);
        tasks.push_back(make_task(cut.rest, cut.part, common_seed, r));
      }
      return tasks;
    });
  }

  Tasks test_tasks(std::uint64_t common_seed) const override {
    return cache_.get({common_seed, 0}, [&] {
      return std::vector<Task>{make_task(pool_, test_, common_seed, kWholePool)};
    });
  }

  Task pool_task(std::uint64_t common_seed) const override {
    return make_task(pool_, {}, common_seed, kWholePool);
  }

  RowsToPredict own_rows(const Task& task, RowsWanted wanted) const override {
    Rows rows = wanted == RowsWanted::kTest   ? test_
                : wanted == RowsWanted::kPool ? pool_
                                              : all_rows(rows_);
    RowsToPredict out;
    out.examples = examples_of(rows, task);
    for (std::uint32_t row : rows) out.numbers.push_back(kept_.empty() ? row + 1 : kept_[row]);
    return out;
  }

 private:
  void read_columns(const TableData& data) {
    auto table = tables::read_table(data.file, data.columns, {target_of(data)});
    if (!table) throw Refused("/data" + table.error().pointer, table.error().text);
    rows_ = table->rows;
    if (rows_ < kFewestRows)
      throw Refused(
          "/data/file",
          fmt::format("'{}' has {} row{}{}; at least {} are needed", data.file, rows_,
                      rows_ == 1 ? "" : "s",
                      rows_ < table->rows_in_file ? " without missing values" : "", kFewestRows));
    kept_ = std::move(table->kept);
    info_.digest = table->digest;
    info_.header = table->header;
    info_.format = data.columns.format;
    info_.encoding = tables::encoding_of(table->features, data.columns);
    info_.features = info_.encoding.feature_names();
    info_.report = tables::report_of(*table, info_.encoding);
    features_ = std::move(table->features);
    const tables::Column& target = table->specials[0];
    const bool formulas = options_.units != FormulaUnits::kNone;
    if (formulas && !target.is_numeric())
      throw Refused("/data/target",
                    fmt::format("'{}' holds words, and a formula gives numbers; expected a column "
                                "of numbers, or space: {{representation: program}}",
                                target.name));
    TargetMeaning meaning =
        read_target(target, formulas ? std::optional(TaskKind::kRegression) : options_.task);
    info_.kind = meaning.kind;
    info_.target = target.name;
    info_.class_names = std::move(meaning.class_names);
    info_.numeric_classes = meaning.numeric;
    classes_ = std::move(meaning.classes);
    targets_ = std::move(meaning.targets);
  }

  tables::SpecialColumn target_of(const TableData& data) const {
    tables::SpecialColumn target;
    target.pointer = "/target";
    target.name = data.target;
    if (options_.task == TaskKind::kRegression) target.use = tables::ColumnUse::kNumber;
    if (data.columns.drop_missing_target) target.missing = tables::OnMissing::kDrop;
    target.max_levels = kMostClasses;
    return target;
  }

  void check_sizes(const TableData& data) const {
    // A class needs a row in each of training, validation and (where there is one) test.
    const std::size_t fewest = data.test_share > 0 ? 3 : 2;
    std::vector<std::size_t> count(info_.class_names.size(), 0);
    for (std::uint32_t c : classes_) ++count[c];
    for (std::size_t c = 0; c < count.size(); ++c)
      if (count[c] < fewest)
        throw Refused(
            "/data/target",
            fmt::format("class '{}' has {} row{}; at least {} are needed, one for each part{}",
                        info_.class_names[c], count[c], count[c] == 1 ? "" : "s", fewest,
                        info_.numeric_classes
                            ? " (if the column holds amounts, say options: {task: regression})"
                            : ""));
  }

  Examples examples_of(std::span<const std::uint32_t> rows, const Task& task) const {
    Examples out = encoded_rows(info_.encoding, features_, rows, task);
    for (std::uint32_t row : rows) {
      if (classes_.empty())
        out.targets.push_back(task.target_scale.apply(targets_[row]));
      else
        out.classes.push_back(classes_[row]);
    }
    if (task.units == FormulaUnits::kOwn)
      for (std::uint32_t row : rows) out.outputs.push_back(targets_[row]);
    else if (task.units == FormulaUnits::kStandardised)
      out.outputs = out.targets;
    return out;
  }

  Task make_task(const Rows& train, const Rows& judged, std::uint64_t common_seed,
                 std::uint64_t resampling) const {
    Task task;
    task.dimension = info_.dimension();
    task.classes = static_cast<std::uint32_t>(info_.class_count());
    task.units = options_.units;
    fit_features(info_.encoding, features_, train, task);
    if (classes_.empty()) task.target_scale = tables::fit_scale(targets_, 1, train);
    Rows ordered;
    for (std::uint32_t position : training_order(train.size(), common_seed, resampling))
      ordered.push_back(train[position]);
    task.train = examples_of(ordered, task);
    task.judged = examples_of(judged, task);
    return task;
  }

  Options options_;
  ProblemInfo info_;
  std::size_t rows_ = 0;
  Rows kept_;  // numbers of the rows in the file; empty when all are here
  std::vector<tables::Column> features_;
  std::vector<std::uint32_t> classes_;  // empty for regression
  std::vector<double> targets_;         // empty for classification
  Rows pool_, test_;                    // ascending
  mutable TaskCache cache_;
};

}  // namespace

std::unique_ptr<Problem> open_table(const TableData& data, const Options& options) {
  return std::make_unique<TableProblem>(data, options);
}

tables::Rows training_order(std::size_t n, std::uint64_t common_seed, std::uint64_t resampling) {
  Rows order = all_rows(n);
  Stream stream(common_seed, Purpose::kSplit, kOrderIndex + resampling);
  tables::shuffle(order, stream);
  return order;
}

linalg::RowsView view_of(const Examples& examples, std::uint32_t dimension) {
  return {examples.features.data(), examples.rows(), dimension, examples.stride};
}

}  // namespace equivolve::algorithm_discovery
