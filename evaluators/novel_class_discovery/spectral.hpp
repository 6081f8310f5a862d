// Spectral embeddings of rows. Sources: von Luxburg 2007, "A tutorial on spectral clustering";
// Troisemaine et al. 2024 (doi 10.1007/s10618-024-01025-y) for the width by the minimum spanning
// tree.
#pragma once

#include <optional>

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

enum class Affinity {
  kTree,        ///< exp(-|x - y|^2 / (2 sigma^2)), sigma by tree_width
  kNeighbours,  ///< (G + G') / 2, G the directed graph of nearest neighbours, a row among its own
  kRbf,         ///< exp(-gamma |x - y|^2)
};

struct EmbeddingSettings {
  Affinity affinity = Affinity::kNeighbours;
  std::size_t components = 2;   ///< 1 to rows - 1
  double min_dist = 0.6;        ///< kTree: above 0, below 1
  std::size_t neighbours = 10;  ///< kNeighbours: at least 2; moved to the number of rows
  double gamma = 1;             ///< kRbf: above 0
};

/// sigma^2 = -s / ln(min_dist), s the largest squared length in the minimum spanning tree: its
/// weakest edge has affinity sqrt(min_dist), so the graph hangs together whatever the data's scale.
/// 1 where all rows are equal.
double tree_width(PointsView x, double min_dist);

/// rows x components: eigenvectors of L = I - D^-1/2 A D^-1/2 (A without its diagonal) for its
/// least eigenvalues. kTree: without the first one. The others: with it, each row divided by the
/// root of its degree. nullopt: the eigensolver did not converge. Space: rows^2 floats but for
/// kNeighbours. Signs and order of equal values are arbitrary: compare partitions only. At least 3
/// rows. [any-thread]
std::optional<Points> spectral_embedding(PointsView x, const EmbeddingSettings& settings);

}  // namespace equivolve::novel_class_discovery
