#include "evaluators/sequence_design/offline.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace equivolve::sequence_design {

OfflineView make_view(FeasibleSet set, std::vector<Sequence> sequences,
                      std::vector<double> scores) {
  OfflineView view;
  view.set = std::move(set);
  view.sequences = std::move(sequences);
  view.scores = std::move(scores);
  const auto n = static_cast<double>(view.scores.size());
  for (const double y : view.scores) view.mean += y;
  view.mean /= n;
  double squares = 0;
  for (const double y : view.scores) squares += (y - view.mean) * (y - view.mean);
  view.deviation = std::sqrt(squares / n);
  for (const double y : view.scores) view.targets.push_back((y - view.mean) / view.deviation);
  return view;
}

OfflineView rows_of(const OfflineView& view, const std::vector<std::size_t>& rows) {
  std::vector<Sequence> sequences;
  std::vector<double> scores;
  for (const std::size_t r : rows) {
    sequences.push_back(view.sequences[r]);
    scores.push_back(view.scores[r]);
  }
  return make_view(view.set, std::move(sequences), std::move(scores));
}

std::vector<std::size_t> best_first(const std::vector<double>& scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return order;
}

std::vector<std::size_t> draw_rows(std::size_t n, std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0);
  if (count >= n) return rows;
  hashing::Stream stream(seed, hashing::Purpose::kSplit, 0);
  for (std::size_t i = 0; i < count; ++i) std::swap(rows[i], rows[i + stream.below(n - i)]);
  rows.resize(count);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace equivolve::sequence_design
