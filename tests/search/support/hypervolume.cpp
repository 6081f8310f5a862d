#include "tests/search/support/hypervolume.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace equivolve::search::test {
namespace {

using std::numbers::pi;

double area(std::vector<Point> points, const Point& reference) {
  std::sort(points.begin(), points.end());
  double sum = 0, low = reference[1];
  for (const Point& p : points) {
    if (p[0] >= reference[0] || p[1] >= low) continue;
    sum += (reference[0] - p[0]) * (low - p[1]);
    low = p[1];
  }
  return sum;
}

double zdt_g(const std::vector<double>& x) {
  double sum = 0;
  for (std::size_t i = 1; i < x.size(); ++i) sum += x[i];
  return 1 + 9 * sum / static_cast<double>(x.size() - 1);
}

Point zdt1(const std::vector<double>& x) {
  const double g = zdt_g(x);
  return {x[0], g * (1 - std::sqrt(x[0] / g))};
}

Point zdt2(const std::vector<double>& x) {
  const double g = zdt_g(x);
  return {x[0], g * (1 - (x[0] / g) * (x[0] / g))};
}

Point zdt3(const std::vector<double>& x) {
  const double g = zdt_g(x), share = x[0] / g;
  return {x[0], g * (1 - std::sqrt(share) - share * std::sin(10 * pi * x[0]))};
}

Point dtlz2(const std::vector<double>& x) {
  double g = 0;
  for (std::size_t i = 2; i < x.size(); ++i) g += (x[i] - 0.5) * (x[i] - 0.5);
  const double a = x[0] * pi / 2, b = x[1] * pi / 2;
  return {(1 + g) * std::cos(a) * std::cos(b), (1 + g) * std::cos(a) * std::sin(b),
          (1 + g) * std::sin(a)};
}

/// Of the true front, from a fine sample of the curve at g = 1.
double sampled_front(Point (*problem)(const std::vector<double>&), const Point& best,
                     const Point& worst) {
  std::vector<Point> points;
  for (int i = 0; i <= 200'000; ++i) {
    Point p = problem({i / 200'000.0, 0.0});
    for (std::size_t k = 0; k < 2; ++k) p[k] = (p[k] - best[k]) / (worst[k] - best[k]);
    points.push_back(std::move(p));
  }
  return hypervolume(std::move(points), {1, 1});
}

}  // namespace

/// Slices between one point's last objective and the next one's.
double hypervolume(std::vector<Point> points, const Point& reference) {
  if (reference.size() == 2) return area(std::move(points), reference);
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return a[2] < b[2]; });
  double sum = 0;
  for (std::size_t i = 0; i < points.size() && points[i][2] < reference[2]; ++i) {
    const double next =
        i + 1 < points.size() ? std::min(points[i + 1][2], reference[2]) : reference[2];
    if (next == points[i][2]) continue;
    const std::vector<Point> below(points.begin(),
                                   points.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    sum += area(below, {reference[0], reference[1]}) * (next - points[i][2]);
  }
  return sum;
}

std::vector<MultiProblem> multi_problems() {
  // The last piece of ZDT3's front ends at 0.8518328654, where its value is -0.7733690012.
  const Point low3{0, -0.7733690012}, high3{0.8518328654, 1};
  return {{"ZDT1", 30, zdt1, {0, 0}, {1, 1}, 2.0 / 3, 0.6593},
          {"ZDT2", 30, zdt2, {0, 0}, {1, 1}, 1.0 / 3, 0.3261},
          {"ZDT3", 30, zdt3, low3, high3, sampled_front(zdt3, low3, high3), 0.5147},
          {"DTLZ2", 12, dtlz2, {0, 0, 0}, {1, 1, 1}, 1 - pi / 6, 0.3719}};
}

}  // namespace equivolve::search::test
