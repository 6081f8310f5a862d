#include "evaluators/algorithm_discovery/figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evaluators/common/metrics/classification.hpp"
#include "evaluators/common/metrics/regression.hpp"

namespace equivolve::algorithm_discovery {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

eqv_figure figure(const char* name, const char* unit, std::uint32_t role, std::uint32_t direction,
                  double low, double high) {
  return {sizeof(eqv_figure), name, unit, role, direction, low, high, 1};
}

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

Figures::Figures(const ProblemInfo& info, const Options& options)
    : kind_(info.kind),
      balanced_(options.balanced),
      aggregate_(options.aggregate),
      class_count_(static_cast<std::uint32_t>(info.class_count())),
      complexity_(options.units != FormulaUnits::kNone && options.complexity),
      units_{info.target} {
  if (kind_ == TaskKind::kClassification) {
    const char* const names[2] = {balanced_ ? "balanced_accuracy" : "accuracy",
                                  balanced_ ? "accuracy" : "balanced_accuracy"};
    table_ = {figure(names[0], "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1),
              figure(names[1], "", EQV_METRIC, EQV_MAXIMIZE, 0, 1)};
  } else {
    table_ = {figure("fitness", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1),
              figure("rmse", units_[0].c_str(), EQV_METRIC, EQV_MINIMIZE, 0, kInfinity),
              figure("r2", "", EQV_METRIC, EQV_MAXIMIZE, -kInfinity, 1)};
  }
  if (complexity_)
    table_.push_back(figure("complexity", "tokens", EQV_OBJECTIVE, EQV_MINIMIZE, 1, kInfinity));
}

void Figures::of_task(const Task& task, const Told& told, std::span<double> figures) const {
  if (kind_ == TaskKind::kClassification) {
    figures[balanced_ ? 1 : 0] = metrics::accuracy(task.judged.classes, told.classes);
    figures[balanced_ ? 0 : 1] =
        metrics::balanced_accuracy(task.judged.classes, told.classes, class_count_);
    return;
  }
  of_squared_error(task, metrics::mean_squared_error(task.judged.targets, told.targets),
                   metrics::squared_distance_from_mean(task.judged.targets), figures);
}

void Figures::of_squared_error(const Task& task, double mean_squared_error, double squared_distance,
                               std::span<double> figures) const {
  figures[0] = metrics::squashed_fitness(mean_squared_error);
  figures[1] = task.target_scale.deviation * std::sqrt(mean_squared_error);
  figures[2] = metrics::r_squared(mean_squared_error, task.judged.targets.size(), squared_distance);
}

void Figures::set_complexity(double tokens, std::span<double> figures) const {
  if (complexity_) figures[table_.size() - 1] = tokens;
}

std::vector<double> Figures::items(const Task& task, const Told& told) const {
  std::vector<double> items(task.judged.rows());
  if (kind_ == TaskKind::kRegression)
    metrics::squashed_fitness_items(task.judged.targets, told.targets, items);
  else if (balanced_)
    metrics::balanced_accuracy_items(task.judged.classes, told.classes, class_count_, items);
  else
    metrics::accuracy_items(task.judged.classes, told.classes, items);
  return items;
}

void Figures::aggregate(std::span<const double> of_tasks, std::span<double> figures) const {
  const std::size_t count = table_.size(), tasks = of_tasks.size() / count;
  std::vector<double> values;
  for (std::size_t f = 0; f < count; ++f) {
    if (aggregate_ == Aggregate::kMedian) {
      values.clear();
      for (std::size_t t = 0; t < tasks; ++t) values.push_back(of_tasks[t * count + f]);
      figures[f] = median(values);
      continue;
    }
    double sum = 0;
    for (std::size_t t = 0; t < tasks; ++t) sum += of_tasks[t * count + f];
    figures[f] = sum / static_cast<double>(tasks);
  }
}

void tell_classes(std::span<const double> scores, std::uint32_t classes,
                  std::span<std::uint32_t> told) {
  const std::size_t rows = told.size();
  if (classes == 2) {
    for (std::size_t r = 0; r < rows; ++r) told[r] = scores[r] >= 0 ? 1 : 0;
    return;
  }
  for (std::size_t r = 0; r < rows; ++r) {
    std::uint32_t best = 0;
    for (std::uint32_t c = 1; c < classes; ++c)
      if (scores[c * rows + r] > scores[best * rows + r]) best = c;
    told[r] = best;
  }
}

}  // namespace equivolve::algorithm_discovery
