// Tasks that are drawn. Source: Real et al. 2020 (AutoML-Zero), section 4.1: features, and the
// weights of the teacher, from N(0, 1); no noise; used as drawn, without standardising.
#include <fmt/format.h>

#include <algorithm>

#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/algorithm_discovery/task_cache.hpp"
#include "evaluators/common/interpreters/machine.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using hashing::Purpose;
using hashing::Stream;

/// One teacher, its weights drawn from the stream.
class Teacher {
 public:
  Teacher(const SyntheticData& data, Stream& stream)
      : kind_(data.kind), d_(data.dimension), outer_(d_) {
    for (double& w : outer_) w = stream.gaussian();
    if (kind_ == Synthetic::kTwoLayerTeacher) {
      inner_.resize(std::size_t{d_} * d_);
      for (double& w : inner_) w = stream.gaussian();
    }
  }
  double label(const double* x) const {
    double sum = 0;
    for (std::uint32_t i = 0; i < d_; ++i) {
      double hidden = x[i];
      if (kind_ == Synthetic::kTwoLayerTeacher) {
        hidden = 0;
        for (std::uint32_t j = 0; j < d_; ++j) hidden += inner_[std::size_t{i} * d_ + j] * x[j];
        hidden = std::max(0.0, hidden);
      }
      sum += outer_[i] * hidden;
    }
    return sum;
  }

 private:
  Synthetic kind_;
  std::uint32_t d_;
  std::vector<double> outer_, inner_;
};

class SyntheticProblem final : public Problem {
 public:
  SyntheticProblem(const SyntheticData& data, FormulaUnits units) : data_(data), units_(units) {
    info_.kind = TaskKind::kRegression;
    for (std::uint32_t i = 0; i < data.dimension; ++i) {
      tables::FeatureColumn& column = info_.encoding.columns.emplace_back();
      column.name = fmt::format("x{}", i);
    }
    info_.features = info_.encoding.feature_names();
    info_.target = "label";
    info_.has_test = true;
    info_.digest = tables::digest_of(
        fmt::format("synthetic {} {} {} {} {} {}", static_cast<int>(data.kind), data.tasks,
                    data.dimension, data.train, data.validation, data.seed));
  }

  const ProblemInfo& info() const override { return info_; }
  bool items_are_rows() const override { return false; }

  std::uint32_t task_count() const override { return data_.tasks; }

  Tasks validation_tasks(std::uint64_t common_seed, std::uint32_t most) const override {
    const std::uint32_t count = std::min(most, data_.tasks);
    return cache_.get({common_seed, count}, [&] {
      // The data's seed and the repeat's both count: another repeat draws other tasks.
      const std::uint64_t seed = hashing::derive_seed(data_.seed, Purpose::kTask, common_seed);
      std::vector<Task> tasks;
      for (std::uint32_t t = 0; t < count; ++t) tasks.push_back(draw_task(seed, t));
      return tasks;
    });
  }

  Tasks test_tasks(std::uint64_t) const override {
    return cache_.get({0, 0}, [&] {
      std::vector<Task> tasks;
      for (std::uint32_t t = 0; t < data_.tasks; ++t) tasks.push_back(test_task(t));
      return tasks;
    });
  }

  Task pool_task(std::uint64_t) const override { return test_task(0); }

  RowsToPredict own_rows(const Task& task, RowsWanted wanted) const override {
    RowsToPredict out;
    out.examples.stride = task.train.stride;
    std::uint32_t number = 0;
    auto add = [&](const Examples& from, bool chosen) {
      for (std::size_t r = 0; r < from.rows(); ++r) {
        ++number;
        if (!chosen) continue;
        out.examples.features.insert(out.examples.features.end(), from.row(r),
                                     from.row(r) + from.stride);
        out.examples.targets.push_back(from.targets[r]);
        out.numbers.push_back(number);
      }
    };
    add(task.train, wanted != RowsWanted::kTest);
    add(task.judged, wanted != RowsWanted::kPool);
    if (units_ != FormulaUnits::kNone) add_formula_columns(out.examples);
    return out;
  }

 private:
  /// Test tasks depend on the data's seed alone; their index lies beyond those of the validation
  /// tasks.
  Task test_task(std::uint32_t t) const {
    return draw_task(data_.seed, (std::uint64_t{1} << 32) + t);
  }

  Task draw_task(std::uint64_t seed, std::uint64_t index) const {
    Stream stream(seed, Purpose::kTask, index);
    const Teacher teacher(data_, stream);
    Task task;
    task.dimension = data_.dimension;
    task.units = units_;
    task.feature_scales.assign(data_.dimension, tables::Scale{0, 1});
    task.fills.assign(data_.dimension, 0.0);
    task.train = draw_examples(teacher, data_.train, stream);
    task.judged = draw_examples(teacher, data_.validation, stream);
    return task;
  }

  Examples draw_examples(const Teacher& teacher, std::uint32_t rows, Stream& stream) const {
    Examples out;
    out.stride = interpreters::padded(data_.dimension);
    out.features.assign(std::size_t{rows} * out.stride, 0.0);
    for (std::uint32_t r = 0; r < rows; ++r) {
      double* row = out.features.data() + std::size_t{r} * out.stride;
      for (std::uint32_t i = 0; i < data_.dimension; ++i) row[i] = stream.gaussian();
      out.targets.push_back(teacher.label(row));
    }
    if (units_ != FormulaUnits::kNone) add_formula_columns(out);
    return out;
  }

  /// Used as drawn, so that both units are the same.
  void add_formula_columns(Examples& examples) const {
    for (std::uint32_t i = 0; i < data_.dimension; ++i)
      for (std::size_t r = 0; r < examples.rows(); ++r)
        examples.inputs.push_back(examples.row(r)[i]);
    examples.inputs.resize(examples.inputs.size() + Examples::kSpareInputs);
    examples.outputs = examples.targets;
  }

  SyntheticData data_;
  FormulaUnits units_;
  ProblemInfo info_;
  mutable TaskCache cache_;
};

}  // namespace

std::unique_ptr<Problem> open_synthetic(const SyntheticData& data, const Options& options) {
  return std::make_unique<SyntheticProblem>(data, options.units);
}

}  // namespace equivolve::algorithm_discovery
