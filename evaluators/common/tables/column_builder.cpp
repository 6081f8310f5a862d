#include "evaluators/common/tables/column_builder.hpp"

#include <algorithm>
#include <utility>

namespace equivolve::tables {
namespace {

constexpr double kMissingNumber = std::numeric_limits<double>::quiet_NaN();

/// Grows by a quarter, so that a long column never holds twice what it needs.
template <class Value>
void append(std::vector<Value>& values, Value value) {
  constexpr std::size_t kSmall = 4096;
  if (values.size() == values.capacity() && values.size() >= kSmall)
    values.reserve(values.size() + values.size() / 4);
  values.push_back(value);
}

template <class Values>
void release(Values& values) {
  Values().swap(values);
}

}  // namespace

ColumnBuilder::ColumnBuilder(std::string name, ColumnUse use, std::size_t max_levels, char decimal)
    : use_(use),
      max_levels_(max_levels),
      decimal_(decimal),
      numbers_possible_(use != ColumnUse::kCategory),
      levels_possible_(use != ColumnUse::kNumber) {
  column_.name = std::move(name);
}

ColumnBuilder::ColumnBuilder(std::string name, std::vector<std::string> levels)
    : ColumnBuilder(std::move(name), ColumnUse::kCategory, levels.size(), '.') {
  fixed_levels_ = true;
  for (std::size_t i = 0; i < levels.size(); ++i)
    codes_.emplace(levels[i], static_cast<std::uint32_t>(i));
  column_.levels = std::move(levels);
}

CellFault ColumnBuilder::add(std::string_view cell) {
  if (use_ == ColumnUse::kEither) {
    has_values_ = true;
    return add_to_both(cell);
  }
  if (use_ == ColumnUse::kAuto && !has_values_) {
    const bool number = to_number(cell, decimal_).has_value();
    (number ? levels_possible_ : numbers_possible_) = false;
    if (number) release(column_.codes);
    if (!number) release(column_.numbers);
  }
  has_values_ = true;
  if (numbers_possible_) return add_number(cell);
  if (use_ == ColumnUse::kAuto && to_number(cell, decimal_)) return CellFault::kNotAWord;
  return add_level(cell);
}

void ColumnBuilder::add_missing() {
  if (numbers_possible_) append(column_.numbers, kMissingNumber);
  if (levels_possible_) append(column_.codes, Column::kMissingCode);
}

CellFault ColumnBuilder::add_number(std::string_view cell) {
  const auto number = to_number(cell, decimal_);
  if (!number)
    return first_non_utf8(cell) == std::string_view::npos ? CellFault::kNotANumber
                                                          : CellFault::kNotUtf8;
  append(column_.numbers, *number);
  return CellFault::kNone;
}

CellFault ColumnBuilder::add_level(std::string_view cell) {
  auto found = codes_.find(cell);
  if (found == codes_.end()) {
    if (first_non_utf8(cell) != std::string_view::npos) return CellFault::kNotUtf8;
    if (fixed_levels_) {
      ++column_.unseen;
      append(column_.codes, Column::kUnseenCode);
      return CellFault::kNone;
    }
    if (codes_.size() == max_levels_) return CellFault::kTooManyLevels;
    found = codes_.emplace(std::string(cell), static_cast<std::uint32_t>(codes_.size())).first;
  }
  append(column_.codes, found->second);
  return CellFault::kNone;
}

CellFault ColumnBuilder::add_to_both(std::string_view cell) {
  if (numbers_possible_) {
    const CellFault fault = add_number(cell);
    if (fault == CellFault::kNotUtf8) return fault;
    if (fault != CellFault::kNone) {
      numbers_possible_ = false;
      release(column_.numbers);
      if (!levels_possible_) return fault;
    }
  }
  if (levels_possible_) {
    const CellFault fault = add_level(cell);
    if (fault == CellFault::kNotUtf8) return fault;
    if (fault != CellFault::kNone) {
      levels_possible_ = false;
      release(column_.codes);
      release(codes_);
      if (!numbers_possible_) return fault;
    }
  }
  return CellFault::kNone;
}

Column ColumnBuilder::finish() {
  column_.numbers.shrink_to_fit();
  column_.codes.shrink_to_fit();
  if (fixed_levels_) return std::move(column_);
  std::vector<std::pair<std::string, std::uint32_t>> sorted;
  if (!column_.codes.empty()) sorted.assign(codes_.begin(), codes_.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::uint32_t> place(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    place[sorted[i].second] = static_cast<std::uint32_t>(i);
    column_.levels.push_back(sorted[i].first);
  }
  for (std::uint32_t& code : column_.codes)
    if (code != Column::kMissingCode) code = place[code];
  return std::move(column_);
}

}  // namespace equivolve::tables
