#include "evaluators/common/interpreters/expression_fit.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

#include "evaluators/common/interpreters/kernels.hpp"

namespace equivolve::interpreters {
namespace {

/// Of Marquardt's scaled damping, to begin with.
constexpr double kFirstDamping = 1e-3;
constexpr double kMostDamping = 1e12;
/// No number moves beyond so many times the largest |y| (or 1): where ever larger ones fit ever so
/// little better, they say nothing. And not beyond what is left finite with room to compute.
constexpr double kLargestFitted = 1e30, kLargestOfAll = 1e300;

double largest_fitted(std::span<const double> y) {
  double largest = 1;
  for (double value : y) largest = std::max(largest, std::fabs(value));
  return std::min(kLargestFitted * largest, kLargestOfAll);
}

/// In a fixed order whatever the place in memory: four sums, then their sum.
double inner(const double* a, const double* b, std::size_t n) {
  Four sums = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) sums += load(a + i) * load(b + i);
  double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

class LeastSquares {
 public:
  LeastSquares(ExpressionMachine& machine, const ColumnsView& x, std::span<const double> y,
               FitWorkspace& w)
      : machine_(machine), x_(x), y_(y), w_(w), count_(machine.constants().size()) {
    w.values.resize(x.rows);
    w.residuals.resize(x.rows);
    w.jacobian.resize(x.rows * count_);
    w.trial.resize(count_);
    const auto n = static_cast<Eigen::Index>(count_);
    normal_.resize(n, n);
    damped_.resize(n, n);
    right_.resize(n);
    scale_ = Eigen::VectorXd::Zero(n);
    most_ = largest_fitted(y);
  }

  /// Of the machine's numbers, with derivatives for the next step.
  double error_here() {
    machine_.evaluate(x_, w_.values, w_.jacobian);
    return error_of_values();
  }

  void form_normal_equations() {
    for (std::size_t k = 0; k < count_; ++k) {
      double* column = w_.jacobian.data() + k * x_.rows;
      if (!std::isfinite(inner(column, column, x_.rows))) std::fill_n(column, x_.rows, 0.0);
    }
    for (std::size_t k = 0; k < count_; ++k) {
      const double* column = w_.jacobian.data() + k * x_.rows;
      const auto row = static_cast<Eigen::Index>(k);
      right_[row] = inner(column, w_.residuals.data(), x_.rows);
      for (std::size_t l = 0; l <= k; ++l)
        normal_(row, static_cast<Eigen::Index>(l)) =
            inner(column, w_.jacobian.data() + l * x_.rows, x_.rows);
    }
    scale_ = scale_.cwiseMax(normal_.diagonal());
  }

  /// The step for a damping; false where it is not finite.
  bool solve(double damping) {
    damped_ = normal_;
    for (Eigen::Index k = 0; k < scale_.size(); ++k)
      damped_(k, k) += scale_[k] > 0 ? damping * scale_[k] : 1.0;  // a number that is held
    step_ = damped_.ldlt().solve(right_);
    predicted_ = step_.dot(damping * scale_.cwiseProduct(step_) + right_);
    return step_.allFinite() && predicted_ > 0;
  }
  /// What the step would gain if the formula were linear in its numbers.
  double predicted() const { return predicted_; }
  /// Of the machine's numbers at `from` and the step, which ends for each at the largest allowed.
  double error_after_step(std::span<const double> from) {
    for (std::size_t k = 0; k < count_; ++k) {
      const double most = std::max(most_, std::fabs(from[k]));
      w_.trial[k] = std::clamp(from[k] + step_[static_cast<Eigen::Index>(k)], -most, most);
    }
    machine_.set_constants(w_.trial);
    machine_.evaluate(x_, w_.values);
    return error_of_values();
  }

 private:
  double error_of_values() {
    for (std::size_t r = 0; r < x_.rows; ++r) w_.residuals[r] = y_[r] - w_.values[r];
    return inner(w_.residuals.data(), w_.residuals.data(), x_.rows);
  }

  ExpressionMachine& machine_;
  const ColumnsView& x_;
  std::span<const double> y_;
  FitWorkspace& w_;
  std::size_t count_;
  Eigen::MatrixXd normal_, damped_;  // the lower half
  Eigen::VectorXd right_, scale_, step_;
  double predicted_ = 0, most_ = 0;
};

}  // namespace

FitResult fit_constants(ExpressionMachine& machine, const ColumnsView& x, std::span<const double> y,
                        const FitSettings& settings, FitWorkspace& workspace,
                        const std::function<bool()>& stop) {
  FitResult result;
  const std::size_t count = machine.constants().size();
  if (count == 0 || count > kMostFitted || settings.iterations == 0) return result;
  LeastSquares problem(machine, x, y, workspace);
  result.error = problem.error_here();
  if (!std::isfinite(result.error)) {
    result.end = FitEnd::kNonFinite;
    return result;
  }
  std::vector<double> best(machine.constants().begin(), machine.constants().end());
  double damping = kFirstDamping, growth = 2;
  bool fresh = true;  // derivatives at `best` are not yet in the equations
  result.end = FitEnd::kIterations;
  while (result.iterations < settings.iterations) {
    if (result.error == 0 || damping > kMostDamping) {
      result.end = FitEnd::kConverged;
      break;
    }
    if (stop && stop()) {
      result.end = FitEnd::kStopped;
      break;
    }
    if (std::exchange(fresh, false)) problem.form_normal_equations();
    ++result.iterations;
    const bool solved = problem.solve(damping);
    const double error = solved ? problem.error_after_step(best) : HUGE_VAL;
    if (!(error < result.error)) {  // worse, or not finite
      if (solved && problem.predicted() <= settings.least_gain * result.error) {
        result.end = FitEnd::kConverged;
        break;
      }
      damping *= growth;
      growth *= 2;
      continue;
    }
    const double gain = result.error - error;
    const double turn = 2 * gain / problem.predicted() - 1;
    damping *= std::max(1.0 / 3, 1 - turn * turn * turn);
    growth = 2;
    best.assign(machine.constants().begin(), machine.constants().end());
    const bool enough = gain <= settings.least_gain * result.error;
    result.error = error;
    if (enough) {
      result.end = FitEnd::kConverged;
      break;
    }
    if (result.iterations < settings.iterations) problem.error_here();
    fresh = true;
  }
  machine.set_constants(best);
  return result;
}

}  // namespace equivolve::interpreters
