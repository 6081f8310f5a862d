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
constexpr std::size_t kMostClasses = 1000;

void refuse_missing(const tables::Table& table, std::size_t column, const std::string& file) {
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (tables::is_missing(table.cell(row, column)))
      throw Refused(
          "/data/file",
          fmt::format("'{}': missing value in {}; fill it in or remove the row before a run", file,
                      table.place(row, column)));
}

bool looks_like_classes(const std::set<double>& values) {
  return values.size() <= kMostDerivedClasses &&
         std::all_of(values.begin(), values.end(), [](double v) { return v == std::floor(v); });
}

template <class Value>
std::uint32_t position_of(const std::set<Value>& values, const Value& value) {
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

TargetMeaning text_classes(const tables::Table& table, std::size_t column) {
  TargetMeaning out;
  out.kind = TaskKind::kClassification;
  out.numeric = false;
  std::set<std::string> names;
  for (std::size_t row = 0; row < table.rows(); ++row) names.emplace(table.cell(row, column));
  refuse_class_count(names.size(), table.header()[column]);
  out.class_names.assign(names.begin(), names.end());
  for (std::size_t row = 0; row < table.rows(); ++row)
    out.classes.push_back(position_of(names, std::string(table.cell(row, column))));
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

TargetMeaning read_target(const tables::Table& table, std::size_t column,
                          std::optional<TaskKind> wanted, const std::string& file) {
  refuse_missing(table, column, file);
  const auto values = tables::numeric_column(table, column);
  if (!values) {
    if (wanted == TaskKind::kRegression)
      throw Refused("/data/target", fmt::format("'{}': {}, as the target of a regression must be",
                                                file, values.error()));
    return text_classes(table, column);
  }
  const std::set<double> distinct(values->begin(), values->end());
  const TaskKind kind = wanted.value_or(looks_like_classes(distinct) ? TaskKind::kClassification
                                                                     : TaskKind::kRegression);
  if (kind == TaskKind::kClassification) return number_classes(*values, table.header()[column]);
  if (distinct.size() < 2)
    throw Refused("/data/target",
                  fmt::format("column '{}' holds one value only", table.header()[column]));
  TargetMeaning out;
  out.targets = *values;
  return out;
}

}  // namespace equivolve::algorithm_discovery
