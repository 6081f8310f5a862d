#include "evaluators/common/linalg/kmeans_seeds.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace equivolve::linalg {
namespace {

/// In proportion to the weights, whose sum is `total`; uniformly where that is 0.
template <class Scalar>
std::size_t draw(const std::vector<Scalar>& weights, double total, hashing::Stream& stream) {
  if (!(total > 0)) return static_cast<std::size_t>(stream.below(weights.size()));
  const double target = stream.uniform() * total;
  double sum = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0) last = i;
    sum += weights[i];
    if (sum > target) return i;
  }
  return last;  // rounding
}

/// Each row's squared distance to the nearer of `seed` and what `nearest` says.
template <class Scalar>
double lower_to(const AlignedRows<Scalar>& x, const typename AlignedRows<Scalar>::Row& seed,
                const std::vector<Scalar>& nearest, std::vector<Scalar>& lowered) {
  double sum = 0;
  for (std::size_t r = 0; r < nearest.size(); ++r) {
    lowered[r] = std::min(nearest[r], x.squared_distance(r, seed));
    sum += lowered[r];
  }
  return sum;
}

}  // namespace

template <class Scalar>
std::vector<std::size_t> plus_plus_rows(const AlignedRows<Scalar>& x, std::size_t rows,
                                        const AlignedRows<Scalar>& fixed, std::size_t fixed_rows,
                                        std::size_t count, std::size_t trials,
                                        hashing::Stream& stream) {
  std::vector<Scalar> nearest(rows, std::numeric_limits<Scalar>::infinity());
  std::vector<Scalar> lowered(rows), best(rows);
  double total = 0;
  for (std::size_t f = 0; f < fixed_rows; ++f) {
    total = lower_to(x, fixed.row(f), nearest, lowered);
    nearest.swap(lowered);
  }
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) {
    const bool first = i == 0 && fixed_rows == 0;
    std::size_t best_row = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t t = 0; t < (first ? 1 : trials); ++t) {
      const std::size_t row = draw(nearest, first ? 0 : total, stream);
      const double sum = lower_to(x, x.row(row), nearest, lowered);
      if (sum < least || t == 0) {
        least = sum;
        best_row = row;
        best.swap(lowered);
      }
    }
    chosen.push_back(best_row);
    nearest.swap(best);
    total = least;
  }
  return chosen;
}

template std::vector<std::size_t> plus_plus_rows(const AlignedRows<float>&, std::size_t,
                                                 const AlignedRows<float>&, std::size_t,
                                                 std::size_t, std::size_t, hashing::Stream&);
template std::vector<std::size_t> plus_plus_rows(const AlignedRows<double>&, std::size_t,
                                                 const AlignedRows<double>&, std::size_t,
                                                 std::size_t, std::size_t, hashing::Stream&);

}  // namespace equivolve::linalg
