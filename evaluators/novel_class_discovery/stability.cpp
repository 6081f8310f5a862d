#include "evaluators/novel_class_discovery/stability.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

/// Rows drawn with replacement, each once, ascending.
std::vector<std::uint32_t> bootstrap_rows(std::size_t rows, hashing::Stream& stream) {
  std::vector<bool> drawn(rows, false);
  for (std::size_t i = 0; i < rows; ++i) drawn[static_cast<std::size_t>(stream.below(rows))] = true;
  std::vector<std::uint32_t> out;
  for (std::uint32_t r = 0; r < rows; ++r)
    if (drawn[r]) out.push_back(r);
  return out;
}

}  // namespace

std::vector<double> cluster_stability(const Discovery& found, PointsView x, const Labels& labels,
                                      std::size_t clusters, std::size_t resamples,
                                      std::uint64_t seed) {
  std::vector<double> sums(clusters, 0.0), counts(clusters, 0.0);
  for (std::size_t b = 0; b < resamples; ++b) {
    hashing::Stream stream(seed, hashing::Purpose::kBootstrap, 1000 + b);
    const auto rows = bootstrap_rows(x.rows, stream);
    if (rows.size() <= clusters) continue;
    const auto again = found.regroup(rows_of(x, rows).view());
    if (!again) continue;
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> both;
    std::map<std::uint32_t, double> here, there;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t a = labels[rows[i]], c = (*again)[i];
      both[{a, c}] += 1;
      here[a] += 1;
      there[c] += 1;
    }
    std::vector<double> greatest(clusters, 0.0);
    for (const auto& [pair, n] : both)
      if (pair.first < clusters)
        greatest[pair.first] =
            std::max(greatest[pair.first], n / (here[pair.first] + there[pair.second] - n));
    for (std::size_t k = 0; k < clusters; ++k) {
      if (!here.contains(static_cast<std::uint32_t>(k))) continue;
      sums[k] += greatest[k];
      counts[k] += 1;
    }
  }
  for (std::size_t k = 0; k < clusters; ++k)
    sums[k] = counts[k] > 0 ? sums[k] / counts[k] : std::numeric_limits<double>::quiet_NaN();
  return sums;
}

}  // namespace equivolve::novel_class_discovery
