// Fits the numbers in a formula to data by least squares.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "evaluators/common/interpreters/expression_machine.hpp"

namespace equivolve::interpreters {

struct FitSettings {
  std::uint32_t iterations = 10;  ///< steps tried at most, taken or not; 0: nothing is fitted
  double least_gain = 1e-12;      ///< relative gain of a step below which the fit has converged
};
/// Formulas with more numbers are left as they are: a step costs the square of their number.
inline constexpr std::size_t kMostFitted = 64;

enum class FitEnd : std::uint8_t {
  kConverged,   ///< no step gains anything worth having
  kIterations,  ///< the limit was reached
  kNothing,     ///< there is nothing to fit: no numbers, too many, or iterations is 0
  kNonFinite,   ///< the formula is not finite on some row to start with
  kStopped,     ///< `stop` said so
};

struct FitResult {
  FitEnd end = FitEnd::kNothing;
  double error = 0;  ///< sum of squared errors; never more than with the numbers as they were
  std::uint32_t iterations = 0;
};

/// What a fit works in for each row; reused, so that what is left to allocate grows with the
/// numbers of a formula alone.
struct FitWorkspace {
  std::vector<double> values, jacobian, residuals, trial;
};

/// Minimises sum (f(x) - y)^2 over the numbers in `machine`'s formula, which are left at the best
/// found. Levenberg-Marquardt: steps solve (J'J + mu diag(J'J)) h = J'(y - f), the damping scaled
/// by the diagonal (Marquardt 1963, the scale never falling: Moré 1978), mu updated by the ratio of
/// gained and predicted (Nielsen 1999). A step is taken only if the error falls and stays finite,
/// and takes no number beyond 1e30 times the largest |y| (or 1) unless it was there. A number whose
/// derivative is not finite on some row is held where it is. Sums go in a fixed order: the same
/// data give the same bits. [any-thread, each with its own machine and workspace] `stop` is looked
/// at before every step.
FitResult fit_constants(ExpressionMachine& machine, const ColumnsView& x, std::span<const double> y,
                        const FitSettings& settings, FitWorkspace& workspace,
                        const std::function<bool()>& stop = nullptr);

}  // namespace equivolve::interpreters
