// The volume that a set of points dominates within a reference point, exactly, for two and three
// objectives to be minimised; and the test problems it is published for.
#pragma once

#include <functional>
#include <vector>

namespace equivolve::search::test {

using Point = std::vector<double>;

/// Points that do not lie below the reference in every objective add nothing.
double hypervolume(std::vector<Point> points, const Point& reference);

/// To be minimised over [0, 1]^parameters. Sources: Zitzler, Deb, Thiele 2000, "Comparison of
/// multiobjective evolutionary algorithms: empirical results" (ZDT1 to 3); Deb, Thiele, Laumanns,
/// Zitzler 2002, "Scalable multi-objective optimization test problems" (DTLZ2).
struct MultiProblem {
  const char* name;
  std::size_t parameters;
  std::function<Point(const std::vector<double>&)> objectives;
  Point best, worst;  ///< the ends of the true front: objectives are normalised to [0, 1] by them
  double front;       ///< hypervolume of the whole true front, normalised, within (1, ..., 1)
  /// What NSGA-II reaches of it: the mean of ten runs of DEAP 1.3.1 (benchmarks/nsga2_rival.py).
  double nsga2;
};
std::vector<MultiProblem> multi_problems();

}  // namespace equivolve::search::test
