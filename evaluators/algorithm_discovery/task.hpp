// A task: rows to learn from and rows to be judged on, standardised and in the order in which they
// are seen. And where the tasks of a trial come from.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "evaluators/algorithm_discovery/settings.hpp"
#include "evaluators/common/interpreters/expression_machine.hpp"
#include "evaluators/common/linalg/linear_model.hpp"
#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/common/tables/encoding.hpp"
#include "evaluators/common/tables/splits.hpp"
#include "evaluators/common/tables/standardizer.hpp"

namespace equivolve::algorithm_discovery {

/// Examples as a program sees them.
struct Examples {
  std::uint32_t stride =
      0;  ///< doubles from one row to the next: interpreters::padded(dimension), rest zero
  std::vector<double> features;        ///< as the program gets them
  std::vector<std::uint32_t> classes;  ///< classification: class numbers
  std::vector<double> targets;         ///< regression: standardised targets
  /// What formulas read and are to give, in their units; empty where there are none. Column after
  /// column, and kSpareInputs behind the last.
  std::vector<double> inputs, outputs;
  static constexpr std::size_t kSpareInputs = 3;
  std::size_t rows() const { return stride == 0 ? 0 : features.size() / stride; }
  const double* row(std::size_t r) const { return features.data() + r * stride; }
  interpreters::ColumnsView columns() const {
    return {inputs.data(), rows(), rows(), kSpareInputs};
  }
};

struct Task {
  std::uint32_t dimension = 0;
  std::uint32_t classes = 0;  ///< 0: regression
  FormulaUnits units = FormulaUnits::kNone;
  Examples train;                             ///< in training order
  Examples judged;                            ///< validation or test rows, in the table's order
  std::vector<tables::Scale> feature_scales;  ///< of the training rows
  tables::Fills fills;                        ///< of missing cells, by the training rows
  tables::Scale target_scale{0, 1};           ///< regression

  /// A formula's value in standardised units, and back to the target's own.
  double standardised(double value) const {
    return units == FormulaUnits::kOwn ? target_scale.apply(value) : value;
  }
  double in_own_units(double value) const {
    return units == FormulaUnits::kOwn ? value : target_scale.undo(value);
  }
};

inline constexpr std::uint32_t kAllTasks = 0xffff'ffff;

class LanePlan;

/// The tasks of one trial: resamplings of a table, or synthetic tasks; and how they are run side by
/// side (lane_plan.hpp). Immutable and shared between trials. [any-thread]
class TaskSet {
 public:
  explicit TaskSet(std::vector<Task> tasks);
  ~TaskSet();
  TaskSet(const TaskSet&) = delete;
  TaskSet& operator=(const TaskSet&) = delete;

  auto begin() const { return tasks_.begin(); }
  auto end() const { return tasks_.end(); }
  std::size_t size() const { return tasks_.size(); }
  const Task& operator[](std::size_t t) const { return tasks_[t]; }
  const Task& front() const { return tasks_.front(); }
  const LanePlan& lanes() const { return *lanes_; }  ///< of programs
  std::size_t doubles() const;                       ///< held

 private:
  std::vector<Task> tasks_;
  std::unique_ptr<const LanePlan> lanes_;
};
using Tasks = std::shared_ptr<const TaskSet>;

/// What the rows mean; the same for all tasks of a problem.
struct ProblemInfo {
  TaskKind kind = TaskKind::kClassification;
  std::vector<std::string> features;  ///< names, one a feature
  tables::Encoding encoding;          ///< from columns of a file to features
  tables::TextFormat format;          ///< of files
  bool header = true;                 ///< whether files have one
  std::string report;                 ///< what reading did to the data; may be empty
  std::string target;
  std::vector<std::string> class_names;  ///< in class order; empty for regression
  bool numeric_classes = false;          ///< class_names are numbers
  bool has_test = false;
  bool preprocessed =
      false;  ///< training rows are standardised and shuffled; else used as they come
  tables::DataDigest digest{};
  std::size_t class_count() const { return class_names.size(); }
  std::uint32_t dimension() const { return static_cast<std::uint32_t>(features.size()); }
};

/// Rows to predict for apply: standardised by the task they go with, and their 1-based numbers in
/// their table.
struct RowsToPredict {
  Examples examples;
  std::vector<std::uint32_t> numbers;
};

class Problem {
 public:
  virtual ~Problem() = default;
  virtual const ProblemInfo& info() const = 0;

  /// How many tasks a trial on validation is made of.
  virtual std::uint32_t task_count() const = 0;
  /// Validation: what a trial with this seed is made of, or the first so many of it. [any-thread]
  virtual Tasks validation_tasks(std::uint64_t common_seed,
                                 std::uint32_t most = kAllTasks) const = 0;
  /// Training on everything the search may see, judged on the test rows. Only where
  /// info().has_test. [any-thread]
  virtual Tasks test_tasks(std::uint64_t common_seed) const = 0;
  /// Whether the judged rows of test_tasks are the items of the objective (else its tasks are).
  virtual bool items_are_rows() const = 0;

  /// Training on everything the search may see; `judged` may be empty. [any-thread]
  virtual Task pool_task(std::uint64_t common_seed) const = 0;
  /// Rows of the problem's own data, standardised as `task`.
  virtual RowsToPredict own_rows(const Task& task, RowsWanted wanted) const = 0;
};

/// Both throw sdk::Refused when the data cannot be used.
std::unique_ptr<Problem> open_table(const TableData& data, const Options& options);
std::unique_ptr<Problem> open_synthetic(const SyntheticData& data, const Options& options = {});

/// The order in which n training rows are seen, as positions; draws of Stream(common_seed, kSplit,
/// kOrderIndex + resampling).
inline constexpr std::uint64_t kOrderIndex = std::uint64_t{1} << 32;
/// The resampling number of the whole pool.
inline constexpr std::uint64_t kWholePool = 0xffff;
tables::Rows training_order(std::size_t n, std::uint64_t common_seed, std::uint64_t resampling);

linalg::RowsView view_of(const Examples& examples, std::uint32_t dimension);

}  // namespace equivolve::algorithm_discovery
