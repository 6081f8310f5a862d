// Rows through predict and learn, over lanes. Included, like lane_kernels.hpp, only by files
// compiled for one instruction set.
#pragma once

#include "evaluators/common/interpreters/lane_kernels.hpp"
#include "evaluators/common/interpreters/sigmoid_formula.hpp"

namespace equivolve::interpreters {
namespace {

template <class Lanes>
void show_features(const LaneCycle& c, const LaneBlock& x, Lanes L) {
  const LaneFeatures& f = c.features;
  const std::size_t d = x.dimension;
  if (f.layout == FeatureLayout::kInterleaved) {
    const double* row = f.values + c.row * d * L;
    for (std::uint32_t i = 0; i < c.features_reads; ++i) *c.features_read[i] = row;
    if (c.features_at) copy(c.features_at, row, d, L);
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

template <class Lanes>
EQUIVOLVE_INLINE void sigmoid(double* out, const double* in, Lanes L) {
  map(out, in, L, [](auto x) { return sigmoid_of<decltype(whole(x))>(x); });
}

/// A bit for each lane whose prediction may not stand.
template <class Lanes>
EQUIVOLVE_INLINE std::uint64_t failing(const LaneCycle& c, Lanes L) {
  const double *told = c.prediction, *labels = c.labels + c.row * L;
  // A sigmoid is never further than 1 from its label.
  const bool bounded = !c.classification || c.error_bound < 1;
  if (c.classification && bounded) {
    sigmoid(c.told, c.prediction, L);
    told = c.told;
  }
  std::uint64_t failed = 0;
  for_groups(L, [&](std::size_t at, auto v) {
    using V = decltype(v);
    constexpr unsigned kAll = (1u << kWidth<V>)-1;
    unsigned good = kAll;
    if (c.classification) good = finite_bits(load<V>(c.prediction + at));
    // A prediction that keeps to the bound is finite, as that is (a sigmoid always is).
    if (bounded)
      good &= at_most_bits(magnitude(load<V>(labels + at) - load<V>(told + at)),
                           splat(c.error_bound, v));
    failed |= static_cast<std::uint64_t>(good ^ kAll) << at;
  });
  return failed & c.alive;
}

template <class Lanes>
EQUIVOLVE_INLINE void learn(const LaneCycle& c, LaneBlock& x, Lanes L) {
  if (c.sigmoid) sigmoid(c.sigmoid, c.sigmoid, L);
  if (c.label_in_learn) copy(c.label_in_learn, c.labels + c.row * L, L);
  execute_lanes(c.learn, x, L);
  ++x.step;
}

template <class Lanes>
void run_rows(LaneCycle& c, LaneBlock& x, Lanes L) {
  if (c.failed != 0) {  // that row was predicted
    c.failed = 0;
    if (c.learns) learn(c, x, L);
    ++c.row;
  }
  for (; c.row < c.end; ++c.row) {
    show_features(c, x, L);
    if (c.label_in_predict) fill(c.label_in_predict, 0, L);
    execute_lanes(c.predict, x, L);
    ++x.step;
    if (c.scores) copy(c.scores + c.row * L, c.prediction, L);
    c.failed = failing(c, L);
    if (c.failed != 0) return;
    if (c.learns) learn(c, x, L);
  }
}

// ---- what LaneKernel points to

void execute(const LaneCode& code, const LaneBlock& block) {
  with_lanes(block.lanes, [&](auto L) { execute_lanes(code, block, L); });
}

void run(LaneCycle& cycle, LaneBlock& block) {
  with_lanes(block.lanes, [&](auto L) { run_rows(cycle, block, L); });
}

void add_squared_errors(double* out, const double* truth, const double* told, std::size_t rows,
                        std::uint32_t lanes) {
  const Any L{lanes};
  sum(
      out, rows, L,
      [=](std::size_t r, std::size_t at, auto v) {
        using V = decltype(v);
        const V apart = load<V>(truth + r * L + at) - load<V>(told + r * L + at);
        return apart * apart;
      },
      Keep{});
}

}  // namespace
}  // namespace equivolve::interpreters
