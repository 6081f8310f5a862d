// k-means clustering. Sources: Lloyd 1982, "Least squares quantization in PCM"; Arthur,
// Vassilvitskii 2007, "k-means++: the advantages of careful seeding" (SODA), the greedy form of its
// conclusion included.
//
// Rows against centroids are matrix products of rows moved to their mean, |c|^2 - 2 x.c: of
// centroids nearer to each other than its rounding either may be taken for the nearest. Scalar:
// float or double; finite numbers. Everything is a function of its arguments alone. [any-thread]
#pragma once

#include <cstdint>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"
#include "hashing/stream.hpp"

namespace equivolve::linalg {

enum class KMeansStart {
  kPlusPlus,    ///< k-means++
  kRandomRows,  ///< different rows, each set of rows as likely as any other
};

enum class EmptyCluster {
  kFarthest,  ///< takes the row farthest from its own centroid, out of a cluster of several rows
  kKeep,      ///< keeps its centroid
};

struct KMeansSettings {
  std::size_t clusters = 8;          ///< 1 to rows
  std::size_t restarts = 10;         ///< at least 1; the one with the least inertia is kept
  std::size_t max_iterations = 300;  ///< at least 1
  double tolerance = 1e-4;           ///< stop below this sum of squared moves of the centroids,
                                     ///< in mean variances of the columns; at least 0
  KMeansStart start = KMeansStart::kPlusPlus;
  std::size_t trials = 0;  ///< rows drawn for each seed of k-means++, the best is taken;
                           ///< 0: 2 + floor(ln clusters)
  EmptyCluster empty = EmptyCluster::kFarthest;
  std::uint64_t seed = 0;
};

template <class Scalar>
struct Clustering {
  Matrix<Scalar> centroids;           ///< clusters x columns
  std::vector<std::uint32_t> labels;  ///< of each row, the nearest centroid's number
  double inertia = 0;                 ///< sum of squared distances to them
  std::size_t iterations = 0;
  bool converged = false;  ///< before max_iterations were over
};

/// The best of `restarts` starts, of equally good ones the first.
template <class Scalar>
Clustering<Scalar> kmeans(const MatrixView<Scalar>& x, const KMeansSettings& settings);

/// Lloyd's iterations from the given centroids (settings.clusters of them).
template <class Scalar>
Clustering<Scalar> kmeans_from(const MatrixView<Scalar>& x, const MatrixView<Scalar>& centroids,
                               const KMeansSettings& settings);

/// `count` rows as seeds: each drawn in proportion to its squared distance to the nearest of the
/// `fixed` centroids and the seeds before it (the first, where none are fixed, uniformly); of
/// `trials` draws (at least 1) the one that leaves the least sum. Where all distances are 0 rows
/// are drawn uniformly.
template <class Scalar>
Matrix<Scalar> plus_plus_seeds(const MatrixView<Scalar>& x, const MatrixView<Scalar>& fixed,
                               std::size_t count, std::size_t trials, hashing::Stream& stream);

/// The number of each row's nearest centroid, of equally near ones the least.
template <class Scalar>
std::vector<std::uint32_t> nearest_centroids(const MatrixView<Scalar>& x,
                                             const MatrixView<Scalar>& centroids);

#define EQUIVOLVE_KMEANS(KEY, Scalar)                                                              \
  KEY template Clustering<Scalar> kmeans(const MatrixView<Scalar>&, const KMeansSettings&);        \
  KEY template Clustering<Scalar> kmeans_from(const MatrixView<Scalar>&,                           \
                                              const MatrixView<Scalar>&, const KMeansSettings&);   \
  KEY template Matrix<Scalar> plus_plus_seeds(const MatrixView<Scalar>&,                           \
                                              const MatrixView<Scalar>&, std::size_t, std::size_t, \
                                              hashing::Stream&);                                   \
  KEY template std::vector<std::uint32_t> nearest_centroids(const MatrixView<Scalar>&,             \
                                                            const MatrixView<Scalar>&);
EQUIVOLVE_KMEANS(extern, float)
EQUIVOLVE_KMEANS(extern, double)

}  // namespace equivolve::linalg
