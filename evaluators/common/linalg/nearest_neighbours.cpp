#include "evaluators/common/linalg/nearest_neighbours.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "evaluators/common/linalg/aligned_rows.hpp"

namespace equivolve::linalg {
namespace {

constexpr std::size_t kBlockElements = std::size_t{1} << 19;

template <class Scalar>
class NeighbourSearch {
 public:
  NeighbourSearch(const MatrixView<Scalar>& queries, const MatrixView<Scalar>& rows, std::size_t k,
                  bool leave_out_itself)
      : rows_(rows),
        queries_(queries),
        row_norms_(rows_.all().rowwise().squaredNorm()),
        longest_row_(std::sqrt(row_norms_.maxCoeff())),
        leave_out_itself_(leave_out_itself) {
    found_.k = k;
  }

  Neighbours<Scalar> all() {
    const Eigen::Index n = rows_.all().rows(), queries = queries_.all().rows();
    const Eigen::Index block = std::clamp(to_index(kBlockElements) / std::max<Eigen::Index>(n, 1),
                                          Eigen::Index{1}, Eigen::Index{64});
    EigenRows<Scalar> scores;
    for (Eigen::Index first = 0; first < queries; first += block) {
      const Eigen::Index count = std::min(block, queries - first);
      scores.noalias() = queries_.all().middleRows(first, count) * rows_.all().transpose();
      for (Eigen::Index q = 0; q < count; ++q)
        keep_nearest(static_cast<std::size_t>(first + q), scores.row(q));
    }
    return std::move(found_);
  }

 private:
  template <class Products>
  void keep_nearest(std::size_t query, const Products& products) {
    const auto here = queries_.row(query);
    // |b|^2 - 2 a.b: |a|^2 is the same for all.
    score_ = row_norms_ - 2 * products.transpose();
    if (leave_out_itself_) score_[to_index(query)] = std::numeric_limits<Scalar>::infinity();
    const Scalar limit = limit_of_scores(rounding(here));

    near_.clear();
    for (Eigen::Index r = 0; r < score_.size(); ++r) {
      const auto row = static_cast<std::uint32_t>(r);
      if (score_[r] > limit || (leave_out_itself_ && row == query)) continue;
      near_.emplace_back(rows_.squared_distance(row, here), row);
    }
    std::partial_sort(near_.begin(), near_.begin() + static_cast<std::ptrdiff_t>(found_.k),
                      near_.end());
    for (std::size_t i = 0; i < found_.k; ++i) {
      found_.squared_distances.push_back(near_[i].first);
      found_.indices.push_back(near_[i].second);
    }
  }

  /// Where norms overflow, scores say nothing, and every row is looked at.
  Scalar limit_of_scores(Scalar error) {
    if (!std::isfinite(error)) return std::numeric_limits<Scalar>::infinity();
    return kth_score() + 2 * error;
  }

  /// The k-th smallest. Where k is small, few scores are below the largest of the k smallest so
  /// far: a heap of those is the faster way.
  Scalar kth_score() {
    const std::size_t k = found_.k, n = static_cast<std::size_t>(score_.size());
    const Scalar* scores = score_.data();
    if (k > n / 16) {
      least_.assign(scores, scores + n);
      const auto kth = least_.begin() + static_cast<std::ptrdiff_t>(k) - 1;
      std::nth_element(least_.begin(), kth, least_.end());
      return *kth;
    }
    least_.assign(scores, scores + k);
    std::make_heap(least_.begin(), least_.end());
    for (std::size_t i = k; i < n; ++i) {
      if (scores[i] >= least_.front()) continue;
      std::pop_heap(least_.begin(), least_.end());
      least_.back() = scores[i];
      std::push_heap(least_.begin(), least_.end());
    }
    return least_.front();
  }

  /// Of a score against the distance by differences: each of |b|^2, 2 a.b and the distance is a sum
  /// of as many products as there are columns, and all are below (|a| + |b|)^2.
  Scalar rounding(const typename AlignedRows<Scalar>::Row& query) const {
    const Scalar longest = longest_row_ + query.norm();
    const auto terms = static_cast<Scalar>(query.size() + 8);
    return 4 * terms * std::numeric_limits<Scalar>::epsilon() * longest * longest;
  }

  AlignedRows<Scalar> rows_, queries_;
  EigenVector<Scalar> row_norms_, score_;
  Scalar longest_row_;
  std::vector<Scalar> least_;
  bool leave_out_itself_;
  std::vector<std::pair<Scalar, std::uint32_t>> near_;
  Neighbours<Scalar> found_;
};

}  // namespace

template <class Scalar>
Neighbours<Scalar> nearest_neighbours(const MatrixView<Scalar>& queries,
                                      const MatrixView<Scalar>& rows, std::size_t k) {
  assert(queries.columns == rows.columns && k >= 1 && k <= rows.rows);
  return NeighbourSearch<Scalar>(queries, rows, k, false).all();
}

template <class Scalar>
Neighbours<Scalar> nearest_other_rows(const MatrixView<Scalar>& rows, std::size_t k) {
  assert(k >= 1 && k < rows.rows);
  return NeighbourSearch<Scalar>(rows, rows, k, true).all();
}

template Neighbours<float> nearest_neighbours(const MatrixView<float>&, const MatrixView<float>&,
                                              std::size_t);
template Neighbours<double> nearest_neighbours(const MatrixView<double>&, const MatrixView<double>&,
                                               std::size_t);
template Neighbours<float> nearest_other_rows(const MatrixView<float>&, std::size_t);
template Neighbours<double> nearest_other_rows(const MatrixView<double>&, std::size_t);

}  // namespace equivolve::linalg
