// Rows through predict and learn, over lanes. Included, like lane_kernels.hpp, only by files
// compiled for one instruction set.
#pragma once

#include "evaluators/common/interpreters/lane_kernels.hpp"

namespace equivolve::interpreters {
namespace {

void show_features(const LaneCycle& c, const LaneBlock& x) {
  const LaneFeatures& f = c.features;
  const std::size_t L = x.lanes, d = x.dimension;
  if (f.layout == FeatureLayout::kInterleaved) {
    const double* row = f.values + c.row * d * L;
    for (std::uint32_t i = 0; i < c.features_reads; ++i) *c.features_read[i] = row;
    if (c.features_at) copy(c.features_at, row, d * L);
    return;
  }
  if (!c.features_at) return;
  if (f.layout == FeatureLayout::kShared) {
    const double* row = f.values + c.row * f.stride;
    for (std::size_t i = 0; i < d; ++i) fill(c.features_at + i * L, row[i], L);
    return;
  }
  for (std::size_t l = 0; l < L; ++l) {
    const double* row = f.rows[l] + c.row * f.stride;
    for (std::size_t i = 0; i < d; ++i) c.features_at[i * L + l] = row[i];
  }
}

/// A bit for each lane whose prediction may not stand.
std::uint64_t failing(const LaneCycle& c, const LaneBlock& x) {
  const double *told = c.prediction, *labels = c.labels + c.row * x.lanes;
  // A sigmoid is never further than 1 from its label.
  const bool bounded = !c.classification || c.error_bound < 1;
  if (c.classification && bounded) {
    call_sigmoid(c.told, c.prediction, x.lanes);
    told = c.told;
  }
  std::uint64_t failed = 0;
  for_groups(x.lanes, [&](std::size_t at, auto v) {
    using V = decltype(v);
    unsigned good = finite_bits(load<V>(c.prediction + at));
    if (bounded)
      good &= at_most_bits(magnitude(load<V>(labels + at) - load<V>(told + at)),
                           splat(c.error_bound, v));
    failed |= static_cast<std::uint64_t>(good ^ ((1u << kWidth<V>)-1)) << at;
  });
  return failed & c.alive;
}

void learn(const LaneCycle& c, LaneBlock& x) {
  if (c.sigmoid) call_sigmoid(c.sigmoid, c.sigmoid, x.lanes);
  if (c.label_in_learn) copy(c.label_in_learn, c.labels + c.row * x.lanes, x.lanes);
  execute_lanes(c.learn, x);
  ++x.step;
}

void run_rows(LaneCycle& c, LaneBlock& x) {
  if (c.failed != 0) {  // that row was predicted
    c.failed = 0;
    if (c.learns) learn(c, x);
    ++c.row;
  }
  for (; c.row < c.end; ++c.row) {
    show_features(c, x);
    if (c.label_in_predict) fill(c.label_in_predict, 0, x.lanes);
    execute_lanes(c.predict, x);
    ++x.step;
    if (c.scores) copy(c.scores + c.row * x.lanes, c.prediction, x.lanes);
    c.failed = failing(c, x);
    if (c.failed != 0) return;
    if (c.learns) learn(c, x);
  }
}

}  // namespace
}  // namespace equivolve::interpreters
