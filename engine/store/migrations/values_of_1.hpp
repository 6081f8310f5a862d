// Intermediate values as schema 1 had them: by kind, subject and repeat of their trial.
#pragma once

#include "engine/store/records.hpp"
#include "engine/store/row.hpp"
#include "engine/store/rows.hpp"

namespace equivolve::engine::store {

struct ValueOf1 {
  IntermediateValue value;
};

template <>
inline constexpr Table kTableOf<ValueOf1> = Table::kIntermediateValues;

inline constexpr char kReadValuesOf1[] =
    "SELECT id, kind, subject, repeat, step, figure, value, checksum FROM intermediate_values "
    "WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3";

/// The columns that kReadValuesOf1 selects; false when they do not match their checksum.
inline bool get(RowReader& row, ValueOf1& value) {
  for (int key = 0; key < 4; ++key) row.integer();
  value.value.step = row.unsigned_integer();
  value.value.figure = row.small<std::uint32_t>();
  value.value.value = row.real();
  return row.intact();
}

}  // namespace equivolve::engine::store
