// How many novel classes there are. Source: Troisemaine et al. 2024 (doi
// 10.1007/s10618-024-01025-y), who found the silhouette in a learnt code to err least.
#pragma once

#include <array>
#include <string_view>

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

enum class CountIndex {
  kSilhouette,
  kCalinskiHarabasz,
  kDaviesBouldin,
  kDunn,
  kElbow,
  kKnownAccuracy,  ///< of a clustering of known and novel rows together into C + k: the accuracy on
                   ///< the known ones
};
inline constexpr std::size_t kIndexCount = 6;
inline constexpr std::array<std::string_view, kIndexCount> kIndexNames{
    "silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "elbow", "known_accuracy"};

struct CountSettings {
  std::size_t most = 30;  ///< at least 2
  CountIndex index = CountIndex::kSilhouette;
  bool all_indices = false;      ///< for a report; else the wanted one alone is worked out
  std::size_t repeats = 3;       ///< clusterings for each number, at least 1
  std::size_t starts = 2;        ///< of each clustering
  std::size_t most_rows = 1500;  ///< beyond, a sample is looked at
  /// Rows may be of known classes: their means attract rows, and are clusters beside the novel
  /// ones.
  bool attract = false;
  std::uint64_t seed = 0;
};

/// Of one number of classes: mean and standard deviation (divisor repeats) of each index; for the
/// elbow, the inertia. NaN for what was not worked out.
struct CountRow {
  std::size_t classes = 2;
  std::array<double, kIndexCount> mean{}, deviation{};
};

struct CountEstimate {
  std::size_t classes = 2;
  std::array<std::size_t, kIndexCount> by_index{};  ///< 0: not worked out
  std::vector<CountRow> rows;                       ///< 2, 3, ...
  std::size_t looked_at = 0;                        ///< rows of x, a sample where they are too many
  /// Numbers whose wanted index lies within one standard error (deviation / sqrt(repeats)) of the
  /// best one's; the elbow has only itself.
  std::size_t low = 2, high = 2;
};

/// `x`: novel rows in the space in which they are to be counted, at least 3; `known` the same
/// space's known rows with their classes (for kKnownAccuracy and attraction; else may be empty).
/// Never more classes than rows -
/// 1. A function of its arguments alone. [any-thread]
CountEstimate estimate_count(PointsView x, PointsView known,
                             std::span<const std::uint32_t> classes_of_known, std::size_t classes,
                             const CountSettings& settings);

}  // namespace equivolve::novel_class_discovery
