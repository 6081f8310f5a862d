// How well two partitions of the same rows agree: clusters told, classes true.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace equivolve::metrics {

/// All from 0 (ari: from -1) to 1; 1 is perfect.
struct Agreement {
  double accuracy = 0;  ///< share of rows that are right under the best one-to-one map of clusters
                        ///< to classes (Hungarian method); surplus ones match nothing
  double balanced_accuracy = 0;  ///< mean over the true classes of their share under that map
  double nmi = 0;  ///< 2 I / (H + H'), natural logarithms (Strehl, Ghosh 2002, "Cluster ensembles",
                   ///< with the arithmetic mean); 1 where both have one part, 0 where one has
  double ari = 0;  ///< Hubert, Arabie 1985, "Comparing partitions", equation 5; 1 where its
                   ///< denominator is 0
};

/// Labels below `fixed` are names that both share and match themselves only. Not empty, equal
/// lengths; labels are small numbers (a table of all pairs is made). [any-thread]
Agreement agreement(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told,
                    std::uint32_t fixed = 0);

/// items[i] is 1 where row i is right under the best map, else 0: their mean is the accuracy.
std::vector<double> matched_items(std::span<const std::uint32_t> truth,
                                  std::span<const std::uint32_t> told, std::uint32_t fixed = 0);

}  // namespace equivolve::metrics
