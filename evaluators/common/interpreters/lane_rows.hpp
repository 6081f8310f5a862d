// Rows through predict and learn, over lanes. Included, like lane_kernels.hpp, only by files
// compiled for one instruction set.
#pragma once

#include "evaluators/common/interpreters/lane_kernels.hpp"
#include "evaluators/common/interpreters/sigmoid_formula.hpp"

namespace equivolve::interpreters {
namespace {

template <class Lanes>
EQUIVOLVE_INLINE void show_features(const LaneCycle& c, std::size_t at, const LaneBlock& x,
                                    Lanes L) {
  const LaneFeatures& f = c.features;
  const std::size_t d = x.dimension;
  if (f.layout == FeatureLayout::kInterleaved) {
    const double* row = f.values + at * d * L;
    for (std::uint32_t i = 0; i < c.features_reads; ++i) *c.features_read[i] = row;
    if (c.features_at) copy(c.features_at, row, d, L);
    return;
  }
  if (!c.features_at) return;
  if (f.layout == FeatureLayout::kShared) {
    const double* row = f.values + at * f.stride;
    for (std::size_t i = 0; i < d; ++i) fill(c.features_at + i * L, row[i], L);
    return;
  }
  for (std::size_t l = 0; l < L; ++l) {
    const double* row = f.rows[l] + at * f.stride;
    for (std::size_t i = 0; i < d; ++i) c.features_at[i * L + l] = row[i];
  }
}

template <class Lanes>
EQUIVOLVE_INLINE void sigmoid(double* out, const double* in, Lanes L) {
  map(out, in, L, [](auto x) { return sigmoid_of<decltype(whole(x))>(x); });
}

/// A bit for each lane whose prediction for a row may not stand.
template <class Lanes>
EQUIVOLVE_INLINE std::uint64_t failing(const LaneCycle& c, std::size_t row, const double* predicted,
                                       Lanes L) {
  const double *told = predicted, *labels = c.labels + row * L;
  // A sigmoid is never further than 1 from its label.
  const bool bounded = !c.classification || c.error_bound < 1;
  if (c.classification && bounded) {
    sigmoid(c.told, predicted, L);
    told = c.told;
  }
  std::uint64_t failed = 0;
  for_groups(L, [&](std::size_t at, auto v) {
    using V = decltype(v);
    constexpr unsigned kAll = (1u << kWidth<V>)-1;
    unsigned good = kAll;
    if (c.classification) good = finite_bits(load<V>(predicted + at));
    // A prediction that keeps to the bound is finite, as that is (a sigmoid always is).
    if (bounded)
      good &= at_most_bits(magnitude(load<V>(labels + at) - load<V>(told + at)),
                           splat(c.error_bound, v));
    failed |= static_cast<std::uint64_t>(good ^ kAll) << at;
  });
  return failed & c.alive;
}

template <class Lanes>
EQUIVOLVE_INLINE void predict(const LaneCycle& c, std::size_t row, LaneBlock& x, Lanes L) {
  show_features(c, row, x, L);
  if (c.label_in_predict) fill(c.label_in_predict, 0, L);
  execute_lanes(c.predict, x, L);
  ++x.step;
}

template <class Lanes>
EQUIVOLVE_INLINE void learn(const LaneCycle& c, std::size_t row, LaneBlock& x, Lanes L) {
  if (c.sigmoid) sigmoid(c.sigmoid, c.sigmoid, L);
  if (c.label_in_learn) copy(c.label_in_learn, c.labels + row * L, L);
  execute_lanes(c.learn, x, L);
  ++x.step;
}

/// Predict, check, learn, row by row.
template <class Lanes>
EQUIVOLVE_INLINE void train_rows(LaneCycle& cycle, LaneBlock& x, Lanes L) {
  // A copy, which no store into a memory can be taken to change: it need not be read again.
  const LaneCycle c = cycle;
  std::size_t row = c.row;
  if (c.failed != 0) learn(c, row++, x, L);  // that row was predicted
  std::uint64_t failed = 0;
  for (; row < c.end; ++row) {
    predict(c, row, x, L);
    failed = failing(c, row, c.prediction, L);
    if (failed != 0) break;
    learn(c, row, x, L);
  }
  cycle.row = row;
  cycle.failed = failed;
}

/// Nothing learns from these rows, so all are predicted before any is checked.
template <class Lanes>
EQUIVOLVE_INLINE void judge_rows(LaneCycle& cycle, LaneBlock& x, Lanes L) {
  const LaneCycle c = cycle;
  for (std::size_t row = c.predicted; row < c.end; ++row) {
    predict(c, row, x, L);
    copy(c.scores + row * L, c.prediction, L);
  }
  std::size_t row = c.failed != 0 ? c.row + 1 : c.row;
  std::uint64_t failed = 0;
  for (; row < c.end; ++row) {
    failed = failing(c, row, c.scores + row * L, L);
    if (failed != 0) break;
  }
  cycle.predicted = c.end;
  cycle.row = row;
  cycle.failed = failed;
}

// ---- what LaneKernel points to

void execute(const LaneCode& code, const LaneBlock& block) {
  with_lanes(block.lanes, [&](auto L) { execute_lanes(code, block, L); });
}

void run(LaneCycle& cycle, LaneBlock& block) {
  with_lanes(block.lanes, [&](auto L) {
    cycle.learns ? train_rows(cycle, block, L) : judge_rows(cycle, block, L);
  });
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
