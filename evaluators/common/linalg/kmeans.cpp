#include "evaluators/common/linalg/kmeans.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>

#include "evaluators/common/linalg/kmeans_seeds.hpp"

namespace equivolve::linalg {
namespace {

constexpr Eigen::Index kChunk = 256;  // rows whose scores stay in the cache

template <class Scalar>
std::vector<double> column_means(const MatrixView<Scalar>& x) {
  std::vector<double> means(x.columns, 0.0);
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < x.columns; ++c) means[c] += x(r, c);
  for (double& m : means) m /= static_cast<double>(x.rows);
  return means;
}

/// The nearest centroid of every row.
template <class Scalar>
class Assigner {
 public:
  Assigner(const EigenRows<Scalar>& x, std::size_t clusters)
      : x_(x), scores_(kChunk, to_index(clusters)), least_(kChunk), number_(kChunk) {}

  /// visit(row, label, score): score = |c|^2 - 2 x.c of the nearest.
  template <class Visit>
  void run(const EigenRows<Scalar>& centroids, Visit visit) {
    const EigenVector<Scalar> norms = centroids.rowwise().squaredNorm();
    const EigenMatrix<Scalar> turned = Scalar(-2) * centroids.transpose();
    for (Eigen::Index first = 0; first < x_.rows(); first += kChunk) {
      const Eigen::Index count = std::min(kChunk, x_.rows() - first);
      auto scores = scores_.topRows(count);
      scores.noalias() = x_.middleRows(first, count) * turned;
      find_least(norms, count);
      for (Eigen::Index i = 0; i < count; ++i)
        visit(static_cast<std::size_t>(first + i), static_cast<std::uint32_t>(number_[i]),
              least_[i]);
    }
  }

 private:
  /// Numbers are kept as Scalars so that both are chosen by the same vector instructions.
  void find_least(const EigenVector<Scalar>& norms, Eigen::Index count) {
    Scalar* __restrict least = least_.data();
    Scalar* __restrict number = number_.data();
    std::fill_n(least, count, std::numeric_limits<Scalar>::infinity());
    std::fill_n(number, count, Scalar(0));
    for (Eigen::Index j = 0; j < norms.size(); ++j) {
      const Scalar* __restrict score = scores_.col(j).data();
      const Scalar norm = norms[j], name = static_cast<Scalar>(j);
      for (Eigen::Index i = 0; i < count; ++i) {
        const Scalar s = score[i] + norm;
        const bool nearer = s < least[i];
        least[i] = nearer ? s : least[i];
        number[i] = nearer ? name : number[i];
      }
    }
  }

  const EigenRows<Scalar>& x_;
  EigenMatrix<Scalar> scores_;
  EigenVector<Scalar> least_, number_;
};

/// Lloyd's iterations on rows moved to their mean.
template <class Scalar>
class Lloyd {
 public:
  Lloyd(const MatrixView<Scalar>& x, const KMeansSettings& s)
      : settings_(s),
        rows_(x.rows),
        columns_(x.columns),
        means_(column_means(x)),
        x_(x, means_),
        norms_(x_.all().rowwise().squaredNorm()),
        assigner_(x_.all(), s.clusters),
        labels_(x.rows),
        scores_(to_index(x.rows)) {
    const double variance = static_cast<double>(norms_.template cast<double>().sum()) /
                            static_cast<double>(x.rows * x.columns);
    stop_below_ = s.tolerance * variance;
  }

  const AlignedRows<Scalar>& rows() const { return x_; }
  const std::vector<double>& means() const { return means_; }

  Clustering<Scalar> run(EigenRows<Scalar> centroids) {
    Clustering<Scalar> result;
    sums_.setZero(centroids.rows(), centroids.cols());
    counts_.assign(static_cast<std::size_t>(centroids.rows()), 0);
    assigned_ = false;
    bool moved = true;
    while (!result.converged && result.iterations < settings_.max_iterations) {
      ++result.iterations;
      const bool changed = assign(centroids, settings_.empty == EmptyCluster::kFarthest);
      const double shift = move(centroids);
      moved = shift > 0;
      result.converged = !changed || shift <= stop_below_;
    }
    if (moved) assign(centroids, /*mending=*/false);
    for (std::size_t r = 0; r < rows_; ++r)
      result.inertia += (x_.row(r) - centroid(centroids, labels_[r])).squaredNorm();
    result.labels = labels_;
    result.centroids = Matrix<Scalar>(counts_.size(), columns_);
    for (std::size_t k = 0; k < counts_.size(); ++k)
      for (std::size_t c = 0; c < columns_; ++c)
        result.centroids(k, c) =
            static_cast<Scalar>(centroids(to_index(k), to_index(c)) + means_[c]);
    return result;
  }

 private:
  static auto centroid(const EigenRows<Scalar>& centroids, std::uint32_t label) {
    return typename AlignedRows<Scalar>::Row(centroids.row(label).data(), centroids.cols());
  }

  /// Labels, sums and counts follow; whether any label changed.
  bool assign(const EigenRows<Scalar>& centroids, bool mending) {
    bool changed = false;
    assigner_.run(centroids, [&](std::size_t r, std::uint32_t label, Scalar score) {
      scores_[to_index(r)] = score;
      if (assigned_ && labels_[r] == label) return;
      changed = true;
      if (assigned_) take_from(labels_[r], r);
      give_to(label, r);
    });
    assigned_ = true;
    if (mending && mend()) changed = true;
    return changed;
  }

  void take_from(std::uint32_t label, std::size_t r) {
    --counts_[label];
    sums_.row(label) -= x_.row(r).template cast<double>();
  }
  void give_to(std::uint32_t label, std::size_t r) {
    labels_[r] = label;
    ++counts_[label];
    sums_.row(label) += x_.row(r).template cast<double>();
  }

  /// Every empty cluster gets the farthest row of the others that have rows to spare.
  bool mend() {
    bool mended = false;
    for (std::uint32_t k = 0; k < counts_.size(); ++k) {
      if (counts_[k] > 0) continue;
      std::optional<std::size_t> farthest;
      for (std::size_t r = 0; r < rows_; ++r) {
        if (counts_[labels_[r]] < 2) continue;
        if (!farthest || distance(r) > distance(*farthest)) farthest = r;
      }
      if (!farthest) break;
      take_from(labels_[*farthest], *farthest);
      give_to(k, *farthest);
      mended = true;
    }
    return mended;
  }
  Scalar distance(std::size_t r) const { return norms_[to_index(r)] + scores_[to_index(r)]; }

  /// Centroids to the means of their rows; the sum of the squared moves.
  double move(EigenRows<Scalar>& centroids) {
    double shift = 0;
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      if (counts_[k] == 0) continue;
      auto here = centroids.row(to_index(k));
      next_ = (sums_.row(to_index(k)) / static_cast<double>(counts_[k])).template cast<Scalar>();
      shift += (next_ - here).squaredNorm();
      here = next_;
    }
    return shift;
  }

  KMeansSettings settings_;
  std::size_t rows_, columns_;
  std::vector<double> means_;
  AlignedRows<Scalar> x_;
  EigenVector<Scalar> norms_;
  double stop_below_ = 0;
  Assigner<Scalar> assigner_;
  bool assigned_ = false;
  std::vector<std::uint32_t> labels_;
  EigenVector<Scalar> scores_;
  EigenRows<double> sums_;  // of the rows of each cluster, kept up as labels change
  std::vector<std::size_t> counts_;
  Eigen::Matrix<Scalar, 1, Eigen::Dynamic> next_;
};

/// `count` of the numbers below `rows`, all different.
std::vector<std::size_t> random_rows(std::size_t rows, std::size_t count, hashing::Stream& stream) {
  std::vector<std::size_t> order(rows);
  for (std::size_t i = 0; i < rows; ++i) order[i] = i;
  for (std::size_t i = 0; i < count; ++i)
    std::swap(order[i], order[i + static_cast<std::size_t>(stream.below(rows - i))]);
  order.resize(count);
  return order;
}

std::size_t seed_trials(const KMeansSettings& s) {
  if (s.trials > 0) return s.trials;
  return 2 + static_cast<std::size_t>(std::log(static_cast<double>(s.clusters)));
}

void check([[maybe_unused]] std::size_t rows, [[maybe_unused]] const KMeansSettings& s) {
  assert(s.clusters >= 1 && s.clusters <= rows && s.restarts >= 1 && s.max_iterations >= 1);
  assert(s.tolerance >= 0);
}

}  // namespace

template <class Scalar>
Clustering<Scalar> kmeans(const MatrixView<Scalar>& x, const KMeansSettings& s) {
  check(x.rows, s);
  Lloyd<Scalar> lloyd(x, s);
  const AlignedRows<Scalar> none(MatrixView<Scalar>{nullptr, 0, x.columns, x.columns});
  Clustering<Scalar> best;
  for (std::size_t start = 0; start < s.restarts; ++start) {
    hashing::Stream stream(s.seed, hashing::Purpose::kCluster, start);
    const auto seeds =
        s.start == KMeansStart::kRandomRows
            ? random_rows(x.rows, s.clusters, stream)
            : plus_plus_rows(lloyd.rows(), x.rows, none, 0, s.clusters, seed_trials(s), stream);
    EigenRows<Scalar> centroids(to_index(s.clusters), lloyd.rows().all().cols());
    for (std::size_t k = 0; k < seeds.size(); ++k)
      centroids.row(to_index(k)) = lloyd.rows().row(seeds[k]);
    Clustering<Scalar> found = lloyd.run(std::move(centroids));
    if (start == 0 || found.inertia < best.inertia) best = std::move(found);
  }
  return best;
}

template <class Scalar>
Clustering<Scalar> kmeans_from(const MatrixView<Scalar>& x, const MatrixView<Scalar>& centroids,
                               const KMeansSettings& s) {
  check(x.rows, s);
  assert(centroids.rows == s.clusters && centroids.columns == x.columns);
  Lloyd<Scalar> lloyd(x, s);
  return lloyd.run(AlignedRows<Scalar>(centroids, lloyd.means()).all());
}

template <class Scalar>
Matrix<Scalar> plus_plus_seeds(const MatrixView<Scalar>& x, const MatrixView<Scalar>& fixed,
                               std::size_t count, std::size_t trials, hashing::Stream& stream) {
  assert(x.rows >= 1 && trials >= 1 && (fixed.rows == 0 || fixed.columns == x.columns));
  const MatrixView<Scalar> given{fixed.data, fixed.rows, x.columns, fixed.stride};
  const auto chosen = plus_plus_rows(AlignedRows<Scalar>(x), x.rows, AlignedRows<Scalar>(given),
                                     fixed.rows, count, trials, stream);
  Matrix<Scalar> seeds(count, x.columns);
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t c = 0; c < x.columns; ++c) seeds(k, c) = x(chosen[k], c);
  return seeds;
}

template <class Scalar>
std::vector<std::uint32_t> nearest_centroids(const MatrixView<Scalar>& x,
                                             const MatrixView<Scalar>& centroids) {
  assert(centroids.rows >= 1 && centroids.columns == x.columns);
  std::vector<std::uint32_t> labels(x.rows);
  if (x.rows == 0) return labels;
  const std::vector<double> means = column_means(x);
  const AlignedRows<Scalar> rows(x, means), places(centroids, means);
  Assigner<Scalar>(rows.all(), centroids.rows)
      .run(places.all(), [&](std::size_t r, std::uint32_t label, Scalar) { labels[r] = label; });
  return labels;
}

EQUIVOLVE_KMEANS(, float)
EQUIVOLVE_KMEANS(, double)

}  // namespace equivolve::linalg
