// Row ids: one integer says run and number within the run.
#pragma once

#include <cstdint>

#include "engine/store/records.hpp"

namespace equivolve::engine::store {

inline constexpr int kRunShift = 40;
inline constexpr std::uint64_t kNumberLimit = std::uint64_t{1} << kRunShift;  // numbers are below
inline constexpr RunId kRunLimit = RunId{1} << 22;                            // runs are below

constexpr std::int64_t row_id(RunId run, std::uint64_t number) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(run) << kRunShift) | number);
}
constexpr RunId run_of(std::int64_t id) {
  return id >> kRunShift;
}
constexpr std::uint64_t number_of(std::int64_t id) {
  return static_cast<std::uint64_t>(id) & (kNumberLimit - 1);
}
constexpr std::int64_t first_id(RunId run) {
  return row_id(run, 0);
}
constexpr std::int64_t last_id(RunId run) {
  return row_id(run, kNumberLimit - 1);
}

}  // namespace equivolve::engine::store
