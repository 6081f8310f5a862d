#include "evaluators/common/metrics/partitions.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "evaluators/common/linalg/assignment.hpp"

namespace equivolve::metrics {
namespace {

using Labels = std::span<const std::uint32_t>;

/// Rows by (cluster, class), and the sums of both.
struct Contingency {
  Contingency(Labels truth, Labels told)
      : clusters(*std::max_element(told.begin(), told.end()) + std::size_t{1}),
        classes(*std::max_element(truth.begin(), truth.end()) + std::size_t{1}),
        counts(clusters, classes),
        of_cluster(clusters, 0.0),
        of_class(classes, 0.0),
        rows(static_cast<double>(truth.size())) {
    for (std::size_t i = 0; i < truth.size(); ++i) {
      counts(told[i], truth[i]) += 1;
      of_cluster[told[i]] += 1;
      of_class[truth[i]] += 1;
    }
  }

  std::size_t clusters, classes;
  linalg::Matrix<double> counts;
  std::vector<double> of_cluster, of_class;
  double rows;
};

/// The class of each cluster, or kUnassigned.
std::vector<std::size_t> best_map(const Contingency& table, std::uint32_t fixed) {
  std::vector<std::size_t> map(table.clusters, linalg::kUnassigned);
  for (std::size_t a = 0; a < std::min<std::size_t>(fixed, table.clusters); ++a) map[a] = a;
  if (table.clusters <= fixed || table.classes <= fixed) return map;
  linalg::Matrix<double> cost(table.clusters - fixed, table.classes - fixed);
  for (std::size_t a = 0; a < cost.rows; ++a)
    for (std::size_t b = 0; b < cost.columns; ++b) cost(a, b) = -table.counts(a + fixed, b + fixed);
  const linalg::Assignment best = linalg::assign(cost.view());
  for (std::size_t a = 0; a < cost.rows; ++a)
    if (best.column_of_row[a] != linalg::kUnassigned)
      map[a + fixed] = best.column_of_row[a] + fixed;
  return map;
}

double entropy(const std::vector<double>& counts, double rows) {
  double sum = 0;
  for (double n : counts)
    if (n > 0) sum -= n / rows * std::log(n / rows);
  return sum;
}

double normalized_information(const Contingency& t) {
  const double of_clusters = entropy(t.of_cluster, t.rows),
               of_classes = entropy(t.of_class, t.rows);
  if (of_clusters == 0 && of_classes == 0) return 1;
  double shared = 0;
  for (std::size_t a = 0; a < t.clusters; ++a)
    for (std::size_t b = 0; b < t.classes; ++b)
      if (const double n = t.counts(a, b); n > 0)
        shared += n / t.rows * std::log(n * t.rows / (t.of_cluster[a] * t.of_class[b]));
  return std::clamp(2 * shared / (of_clusters + of_classes), 0.0, 1.0);
}

double adjusted_rand(const Contingency& t) {
  const auto pairs = [](const std::vector<double>& counts) {
    double sum = 0;
    for (double n : counts) sum += n * (n - 1) / 2;
    return sum;
  };
  const double both = pairs(t.counts.values), of_clusters = pairs(t.of_cluster),
               of_classes = pairs(t.of_class);
  if (t.rows < 2) return 1;
  const double expected = of_clusters * of_classes / (t.rows * (t.rows - 1) / 2);
  const double span = (of_clusters + of_classes) / 2 - expected;
  return span == 0 ? 1 : (both - expected) / span;
}

}  // namespace

Agreement agreement(Labels truth, Labels told, std::uint32_t fixed) {
  assert(!truth.empty() && truth.size() == told.size());
  const Contingency table(truth, told);
  const std::vector<std::size_t> map = best_map(table, fixed);
  Agreement result;
  double occurring = 0;
  for (double n : table.of_class) occurring += n > 0;
  for (std::size_t a = 0; a < table.clusters; ++a) {
    if (map[a] >= table.classes) continue;
    const double right = table.counts(a, map[a]), of_class = table.of_class[map[a]];
    result.accuracy += right / table.rows;
    if (of_class > 0) result.balanced_accuracy += right / of_class / occurring;
  }
  result.nmi = normalized_information(table);
  result.ari = adjusted_rand(table);
  return result;
}

std::vector<double> matched_items(Labels truth, Labels told, std::uint32_t fixed) {
  const std::vector<std::size_t> map = best_map(Contingency(truth, told), fixed);
  std::vector<double> items(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) items[i] = map[told[i]] == truth[i] ? 1 : 0;
  return items;
}

}  // namespace equivolve::metrics
