// From columns of a table to examples: encoded, holes filled, standardised.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/common/tables/column.hpp"

namespace equivolve::algorithm_discovery {

/// Learns task.fills and task.feature_scales from `train`, which is in ascending order.
void fit_features(const tables::Encoding& encoding, std::span<const tables::Column> columns,
                  std::span<const std::uint32_t> train, Task& task);

/// The features of `rows`, in this order, by what the task has learnt; classes and targets are left
/// to the caller.
Examples encoded_rows(const tables::Encoding& encoding, std::span<const tables::Column> columns,
                      std::span<const std::uint32_t> rows, const Task& task);

}  // namespace equivolve::algorithm_discovery
