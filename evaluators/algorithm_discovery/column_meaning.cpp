#include "evaluators/algorithm_discovery/column_meaning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using sdk::Refused;

constexpr std::size_t kMostDerivedClasses = 20;

bool looks_like_classes(const std::set<double>& values) {
  return values.size() <= kMostDerivedClasses &&
         std::all_of(values.begin(), values.end(), [](double v) { return v == std::floor(v); });
}

std::uint32_t position_of(const std::set<double>& values, double value) {
  return static_cast<std::uint32_t>(std::distance(values.begin(), values.find(value)));
}

void refuse_class_count(std::size_t count, const std::string& target) {
  if (count < 2)
    throw Refused("/data/target", fmt::format("column '{}' holds one class only", target));
  if (count > kMostClasses)
    throw Refused("/data/target",
                  fmt::format("column '{}' holds {} different classes; at most {} are possible",
                              target, count, kMostClasses));
}

TargetMeaning text_classes(const tables::Column& column) {
  TargetMeaning out;
  out.kind = TaskKind::kClassification;
  out.numeric = false;
  refuse_class_count(column.levels.size(), column.name);
  out.class_names = column.levels;
  out.classes = column.codes;
  return out;
}

TargetMeaning number_classes(const std::vector<double>& values, const std::string& target) {
  TargetMeaning out;
  out.kind = TaskKind::kClassification;
  const std::set<double> names(values.begin(), values.end());
  refuse_class_count(names.size(), target);
  for (double name : names) out.class_names.push_back(fmt::format("{}", name + 0.0));
  for (double value : values) out.classes.push_back(position_of(names, value));
  return out;
}

}  // namespace

TargetMeaning read_target(const tables::Column& column, std::optional<TaskKind> wanted) {
  if (!column.is_numeric()) return text_classes(column);
  const std::set<double> distinct(column.numbers.begin(), column.numbers.end());
  const TaskKind kind = wanted.value_or(looks_like_classes(distinct) ? TaskKind::kClassification
                                                                     : TaskKind::kRegression);
  if (kind == TaskKind::kClassification) return number_classes(column.numbers, column.name);
  if (distinct.size() < 2)
    throw Refused("/data/target", fmt::format("column '{}' holds one value only", column.name));
  TargetMeaning out;
  out.targets = column.numbers;
  return out;
}

}  // namespace equivolve::algorithm_discovery
