#include "evaluators/novel_class_discovery/class_count.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "evaluators/common/metrics/partitions.hpp"
#include "evaluators/novel_class_discovery/cluster_indices.hpp"
#include "evaluators/novel_class_discovery/grouping.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// `most` of the numbers below `rows`, ascending.
std::vector<std::uint32_t> sample_of(std::size_t rows, std::size_t most, std::uint64_t seed,
                                     std::uint64_t which) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  if (rows <= most) return order;
  hashing::Stream stream(seed, hashing::Purpose::kBootstrap, which);
  for (std::size_t i = 0; i < most; ++i)
    std::swap(order[i], order[i + static_cast<std::size_t>(stream.below(rows - i))]);
  order.resize(most);
  std::sort(order.begin(), order.end());
  return order;
}

class Counting {
 public:
  Counting(PointsView x, PointsView known, std::span<const std::uint32_t> classes_of_known,
           std::size_t classes, const CountSettings& s)
      : s_(s), x_(rows_of(x, sample_of(x.rows, s.most_rows, s.seed, 0))), classes_(classes) {
    if (s.attract) means_ = class_means(known, classes_of_known, classes);
    if (wants(CountIndex::kSilhouette) || wants(CountIndex::kDunn))
      distances_ = distances_of(x_.view());
    if (!wants(CountIndex::kKnownAccuracy) || known.rows == 0) return;
    const auto chosen = sample_of(known.rows, s.most_rows, s.seed, 1);
    both_ = stacked(rows_of(known, chosen).view(), x_.view());
    for (std::uint32_t r : chosen) known_labels_.push_back(classes_of_known[r]);
  }

  CountEstimate run() {
    CountEstimate out;
    const std::size_t last = std::max<std::size_t>(2, std::min(s_.most, x_.rows - 1));
    for (std::size_t k = 2; k <= last; ++k) out.rows.push_back(row_of(k));
    for (std::size_t i = 0; i < kIndexCount; ++i)
      if (wants(static_cast<CountIndex>(i)))
        out.by_index[i] = best(out, static_cast<CountIndex>(i));
    out.classes = out.by_index[place(s_.index)];
    set_range(out);
    out.looked_at = x_.rows;
    return out;
  }

 private:
  static std::size_t place(CountIndex index) { return static_cast<std::size_t>(index); }
  bool wants(CountIndex index) const { return s_.all_indices || s_.index == index; }

  CountRow row_of(std::size_t k) const {
    std::array<std::vector<double>, kIndexCount> values;
    for (std::size_t repeat = 0; repeat < s_.repeats; ++repeat) {
      GroupSettings how;
      how.clusters = k;
      how.restarts = s_.starts;
      how.seed = hashing::derive_seed(s_.seed, hashing::Purpose::kCluster, k,
                                      static_cast<std::uint32_t>(repeat));
      how.attract = s_.attract;
      const Groups groups = group(x_.view(), means_.view(), how);
      const std::size_t clusters = k + means_.rows;
      const auto add = [&](CountIndex index, const auto& value) {
        if (wants(index)) values[place(index)].push_back(value());
      };
      add(CountIndex::kSilhouette,
          [&] { return mean_silhouette(distances_, groups.labels, clusters); });
      add(CountIndex::kCalinskiHarabasz,
          [&] { return calinski_harabasz(x_.view(), groups.labels, clusters); });
      add(CountIndex::kDaviesBouldin,
          [&] { return davies_bouldin(x_.view(), groups.labels, clusters); });
      add(CountIndex::kDunn, [&] { return dunn(distances_, groups.labels); });
      add(CountIndex::kElbow, [&] { return groups.inertia; });
      if (!known_labels_.empty()) {
        how.clusters = k + classes_;
        how.attract = false;
        add(CountIndex::kKnownAccuracy, [&] { return known_accuracy(how); });
      }
    }
    CountRow row;
    row.classes = k;
    for (std::size_t i = 0; i < kIndexCount; ++i) {
      const auto n = static_cast<double>(values[i].size());
      row.mean[i] = n > 0 ? std::accumulate(values[i].begin(), values[i].end(), 0.0) / n : kUnknown;
      double squares = 0;
      for (double v : values[i]) squares += (v - row.mean[i]) * (v - row.mean[i]);
      row.deviation[i] = n > 0 ? std::sqrt(squares / n) : kUnknown;
    }
    return row;
  }

  double known_accuracy(const GroupSettings& how) const {
    if (how.clusters > both_.rows) return 0;
    Labels labels = group(both_.view(), {}, how).labels;
    labels.resize(known_labels_.size());
    return metrics::agreement(known_labels_, labels).accuracy;
  }

  std::size_t best(const CountEstimate& out, CountIndex index) const {
    const std::size_t i = place(index);
    if (index == CountIndex::kElbow) {
      std::vector<double> inertias;
      for (const CountRow& row : out.rows) inertias.push_back(row.mean[i]);
      return out.rows[elbow(inertias)].classes;
    }
    const double sign = index == CountIndex::kDaviesBouldin ? -1 : 1;
    std::optional<std::size_t> found;
    double greatest = 0;
    for (const CountRow& row : out.rows) {
      const double value = sign * row.mean[i];
      if (std::isnan(value) || (found && value <= greatest)) continue;
      found = row.classes;
      greatest = value;
    }
    return found.value_or(2);
  }

  void set_range(CountEstimate& out) const {
    const std::size_t i = place(s_.index);
    out.low = out.high = out.classes;
    if (s_.index == CountIndex::kElbow) return;
    const CountRow& chosen = out.rows[out.classes - 2];
    const double error = chosen.deviation[i] / std::sqrt(static_cast<double>(s_.repeats));
    for (const CountRow& row : out.rows) {
      if (!(std::abs(row.mean[i] - chosen.mean[i]) <= error)) continue;
      out.low = std::min(out.low, row.classes);
      out.high = std::max(out.high, row.classes);
    }
  }

  CountSettings s_;
  Points x_, both_;  // both_: known rows, then x_
  Points means_;     // of the known classes, where they attract
  Labels known_labels_;
  std::size_t classes_;
  linalg::Matrix<float> distances_;
};

}  // namespace

CountEstimate estimate_count(PointsView x, PointsView known,
                             std::span<const std::uint32_t> classes_of_known, std::size_t classes,
                             const CountSettings& settings) {
  return Counting(x, known, classes_of_known, classes, settings).run();
}

}  // namespace equivolve::novel_class_discovery
