#include "search/algorithms/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace equivolve::search {
namespace {

constexpr int kMostSweeps = 60;  // of which about ten are needed

struct JacobiWork {
  std::vector<double> a;  // only the upper triangle
  std::vector<double> v;  // row k: the k-th eigenvector to be
  std::size_t n;
  double& at(std::size_t i, std::size_t j) { return a[std::min(i, j) * n + std::max(i, j)]; }
};

/// Turns rows and columns p < q so that the element between them vanishes.
void rotate(JacobiWork& w, std::size_t p, std::size_t q) {
  const double apq = w.at(p, q);
  const double theta = (w.at(q, q) - w.at(p, p)) / (2 * apq);
  // Of the two angles the smaller one; for a huge theta its square overflows, and t is 1 / (2
  // theta).
  const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(1.0, theta));
  const double c = 1 / std::sqrt(1 + t * t), s = t * c;
  w.at(p, p) -= t * apq;
  w.at(q, q) += t * apq;
  w.at(p, q) = 0;
  for (std::size_t i = 0; i < w.n; ++i) {
    if (i == p || i == q) continue;
    const double aip = w.at(i, p), aiq = w.at(i, q);
    w.at(i, p) = c * aip - s * aiq;
    w.at(i, q) = s * aip + c * aiq;
  }
  for (std::size_t i = 0; i < w.n; ++i) {
    double &vp = w.v[p * w.n + i], &vq = w.v[q * w.n + i];
    const double before = vp;
    vp = c * before - s * vq;
    vq = s * before + c * vq;
  }
}

/// Whether an element between p and q changes nothing beside their diagonal elements.
bool is_negligible(JacobiWork& w, std::size_t p, std::size_t q) {
  const double scale = std::sqrt(std::abs(w.at(p, p))) * std::sqrt(std::abs(w.at(q, q)));
  return std::abs(w.at(p, q)) <= std::numeric_limits<double>::epsilon() * scale;
}

SymmetricEigen sorted_eigen(JacobiWork& w) {
  const std::size_t n = w.n;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return w.at(a, a) < w.at(b, b) || (w.at(a, a) == w.at(b, b) && a < b);
  });
  SymmetricEigen out{std::vector<double>(n), std::vector<double>(n * n)};
  for (std::size_t k = 0; k < n; ++k) {
    out.values[k] = w.at(order[k], order[k]);
    for (std::size_t i = 0; i < n; ++i) out.vectors[i * n + k] = w.v[order[k] * n + i];
  }
  return out;
}

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t n) {
  JacobiWork w{std::move(matrix), std::vector<double>(n * n), n};
  for (std::size_t i = 0; i < n; ++i) w.v[i * n + i] = 1;
  bool turned = true;
  for (int sweep = 0; turned && sweep < kMostSweeps; ++sweep) {
    turned = false;
    for (std::size_t p = 0; p + 1 < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        if (w.at(p, q) == 0 || is_negligible(w, p, q)) continue;
        rotate(w, p, q);
        turned = true;
      }
  }
  return sorted_eigen(w);
}

}  // namespace equivolve::search
