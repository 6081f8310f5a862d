// Tasks made from the rows of a CSV file.
#include <fmt/format.h>
#include <algorithm>

#include "evaluators/algorithm_discovery/column_meaning.hpp"
#include "evaluators/algorithm_discovery/table_file.hpp"
#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/algorithm_discovery/task_cache.hpp"
#include "evaluators/common/interpreters/machine.hpp"
#include "evaluators/common/tables/csv.hpp"
#include "evaluators/common/tables/names.hpp"
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
    const tables::Table table = read_table_file(data.file, "/data/file", &info_.digest);
    read_columns(table, data);
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

  Tasks validation_tasks(std::uint64_t common_seed) const override {
    return cache_.get({common_seed, false}, [&] {
      std::vector<Task> tasks;
      for (std::uint32_t r = 0; r < options_.resamplings; ++r) {
        Stream stream(common_seed, Purpose::kSplit, 1 + r);
        const tables::Cut cut =
            tables::cut_rows(pool_, classes_, options_.validation_share, 1, stream);
        tasks.push_back(make_task(cut.rest, cut.part, common_seed, r));
      }
      return tasks;
    });
  }

  Tasks test_tasks(std::uint64_t common_seed) const override {
    return cache_.get({common_seed, true}, [&] {
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
    out.examples = examples_of(rows, task.feature_scales, task.target_scale);
    for (std::uint32_t row : rows) out.numbers.push_back(row + 1);
    return out;
  }

 private:
  void read_columns(const tables::Table& table, const TableData& data) {
    const auto target = table.column_named(data.target);
    if (!target)
      throw Refused("/data/target", fmt::format("'{}' has no column '{}'{}", data.file, data.target,
                                                tables::suggestion(data.target, table.header())));
    rows_ = table.rows();
    std::vector<std::vector<double>> columns;
    for (std::size_t c = 0; c < table.columns(); ++c) {
      if (c == *target) continue;
      auto values = tables::numeric_column(table, c);
      if (!values) throw Refused("/data/file", "'" + data.file + "': " + values.error());
      columns.push_back(std::move(*values));
      info_.features.push_back(table.header()[c]);
    }
    if (columns.empty())
      throw Refused("/data/file", "'" + data.file + "' has no column beside the target");
    features_.resize(rows_ * columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c)
      for (std::size_t r = 0; r < rows_; ++r) features_[r * columns.size() + c] = columns[c][r];
    TargetMeaning meaning = read_target(table, *target, options_.task, data.file);
    info_.kind = meaning.kind;
    info_.target = data.target;
    info_.class_names = std::move(meaning.class_names);
    info_.numeric_classes = meaning.numeric;
    classes_ = std::move(meaning.classes);
    targets_ = std::move(meaning.targets);
  }

  void check_sizes(const TableData& data) const {
    if (rows_ < kFewestRows)
      throw Refused("/data/file", fmt::format("'{}' has {} rows; at least {} are needed", data.file,
                                              rows_, kFewestRows));
    // A class needs a row in each of training, validation and (where there is one) test.
    const std::size_t fewest = data.test_share > 0 ? 3 : 2;
    for (std::size_t c = 0; c < info_.class_names.size(); ++c) {
      const auto count = static_cast<std::size_t>(std::count(classes_.begin(), classes_.end(), c));
      if (count < fewest)
        throw Refused(
            "/data/target",
            fmt::format("class '{}' has {} row{}; at least {} are needed, one for each part",
                        info_.class_names[c], count, count == 1 ? "" : "s", fewest));
    }
  }

  Examples examples_of(std::span<const std::uint32_t> rows,
                       const std::vector<tables::Scale>& scales, tables::Scale target_scale) const {
    const std::size_t d = info_.features.size();
    Examples out;
    out.stride = interpreters::padded(info_.dimension());
    out.features.assign(rows.size() * out.stride, 0.0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t c = 0; c < d; ++c)
        out.features[i * out.stride + c] = scales[c].apply(features_[rows[i] * d + c]);
      if (classes_.empty())
        out.targets.push_back(target_scale.apply(targets_[rows[i]]));
      else
        out.classes.push_back(classes_[rows[i]]);
    }
    return out;
  }

  Task make_task(const Rows& train, const Rows& judged, std::uint64_t common_seed,
                 std::uint64_t resampling) const {
    Task task;
    task.dimension = info_.dimension();
    task.classes = static_cast<std::uint32_t>(info_.class_count());
    task.feature_scales = tables::fit_scales(features_, task.dimension, train);
    if (classes_.empty()) task.target_scale = tables::fit_scale(targets_, 1, train);
    Rows ordered;
    for (std::uint32_t position : training_order(train.size(), common_seed, resampling))
      ordered.push_back(train[position]);
    task.train = examples_of(ordered, task.feature_scales, task.target_scale);
    task.judged = examples_of(judged, task.feature_scales, task.target_scale);
    return task;
  }

  Options options_;
  ProblemInfo info_;
  std::size_t rows_ = 0;
  std::vector<double> features_;        // row-major
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
