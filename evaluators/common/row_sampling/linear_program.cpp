#include "evaluators/common/row_sampling/linear_program.hpp"

#include <ClpSimplex.hpp>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace equivolve::row_sampling {
namespace {

using RowMajor = linalg::EigenRows<double>;
using Vector = Eigen::VectorXd;

constexpr double kFeasible = 1e-9;
/// Many times what a simplex method takes from next to the end.
constexpr int kMostPivots = 20000;

}  // namespace

/// The columns of the program are those of C^T, and minus the target, whose variable is l.
struct SensitivityProgram::Parts {
  const LewisBasis& a;
  const RowMajor& rows;
  double unit;  ///< rows are divided by it: the solver's tolerances are absolute
  ClpSimplex model;

  Parts(const LewisBasis& basis, const RowMajor& all) : a(basis), rows(all) {
    unit = rows.norm() / std::sqrt(static_cast<double>(rows.rows()));
    model.setLogLevel(0);
    load();
    model.setPrimalTolerance(kFeasible);
    model.setDualTolerance(kFeasible);
    model.setMaximumIterations(kMostPivots);
  }

  int count() const { return static_cast<int>(rows.rows()); }
  int dimension() const { return static_cast<int>(rows.cols()); }

  void load() {
    const int n = count(), d = dimension();
    const auto columns = static_cast<std::size_t>(n) + 1, height = static_cast<std::size_t>(d);
    std::vector<CoinBigIndex> starts(columns + 1);
    std::vector<int> places(columns * height);
    std::vector<double> entries(columns * height, -1.0), low(columns, -1.0), high(columns, 1.0),
        costs(columns, 0.0), zeros(height, 0.0);
    for (std::size_t c = 0; c <= columns; ++c) starts[c] = static_cast<CoinBigIndex>(c * height);
    for (std::size_t k = 0; k < places.size(); ++k) places[k] = static_cast<int>(k % height);
    Eigen::Map<RowMajor>(entries.data(), n, d) = rows / unit;
    low.back() = 0;
    high.back() = COIN_DBL_MAX;
    costs.back() = -1;
    model.loadProblem(n + 1, d, starts.data(), places.data(), entries.data(), low.data(),
                      high.data(), costs.data(), zeros.data(), zeros.data());
  }

  void put(const Vector& target) {
    for (int r = 0; r < dimension(); ++r)
      model.modifyCoefficient(r, count(), -target(r) / target.norm(), true);
  }

  /// The vertex of the d - 1 rows that `near` is closest to being orthogonal to.
  void start(const Vector& near) {
    const Vector y = rows * near;
    std::vector<int> order(static_cast<std::size_t>(count()));
    std::iota(order.begin(), order.end(), 0);
    const auto basic = order.begin() + (dimension() - 1);
    std::nth_element(order.begin(), basic, order.end(), [&](int i, int j) {
      const double at_i = std::abs(y(i)), at_j = std::abs(y(j));
      return at_i != at_j ? at_i < at_j : i < j;
    });
    model.createStatus();
    for (auto row = order.begin(); row != order.end(); ++row)
      model.setColumnStatus(*row, row < basic   ? ClpSimplex::basic
                                  : y(*row) > 0 ? ClpSimplex::atUpperBound
                                                : ClpSimplex::atLowerBound);
    model.setColumnStatus(count(), ClpSimplex::basic);
    for (int r = 0; r < dimension(); ++r) model.setRowStatus(r, ClpSimplex::atLowerBound);
  }

  double low(const Vector& target) const {
    const Vector x = Eigen::Map<const Vector>(model.dualRowSolution(), dimension());
    const double f = (rows * x).lpNorm<1>();
    return f > 0 ? std::min(1.0, std::abs(target.dot(x)) / f) : 0.0;
  }

  double high(const Vector& target) const {
    const double length = model.primalColumnSolution()[count()] * unit / target.norm();
    if (!(length > 0)) return 1;
    Vector y = Eigen::Map<const Vector>(model.primalColumnSolution(), count()) / length;
    const Vector correction = rows * (target - rows.transpose() * y);
    for (Eigen::Index j = 0; j < y.size(); ++j) {
      const double w = a.weights[static_cast<std::size_t>(j)];
      if (w > 0) y(j) += correction(j) / w;
    }
    return std::min(1.0, y.lpNorm<Eigen::Infinity>());
  }
};

SensitivityProgram::SensitivityProgram(const LewisBasis& a, const RowMajor& rows)
    : parts_(std::make_unique<Parts>(a, rows)) {}
SensitivityProgram::~SensitivityProgram() = default;

Sensitivity SensitivityProgram::solve(const Vector& target, const Vector& near) {
  parts_->put(target);
  parts_->start(near);
  parts_->model.primal();
  const double low = parts_->low(target), high = parts_->high(target);
  return {low, std::max(low, high)};
}

}  // namespace equivolve::row_sampling
