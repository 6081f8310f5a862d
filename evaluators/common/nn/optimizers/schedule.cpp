#include "evaluators/common/nn/optimizers/schedule.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "evaluators/common/nn/optimizers/rated_block.hpp"

namespace equivolve::nn {

std::string refused(const Schedule& s) {
  std::string why =
      refused_outside("peak", s.peak, 0, true, std::numeric_limits<double>::infinity(), false);
  if (why.empty() && s.shape == ScheduleShape::kCosine) {
    why = refused_outside("final_share", s.final_share, 0, true, 1, true);
    if (why.empty() && s.steps == 0) why = "steps is 0: give a number from 1";
    if (why.empty() && s.warm_up > s.steps) why = "warm_up is longer than the training: steps";
  }
  if (why.empty() && s.shape == ScheduleShape::kStep) {
    why = refused_outside("factor", s.factor, 0, false, 1, true);
    if (why.empty() && s.every == 0) why = "every is 0: give a number from 1";
  }
  return why;
}

double learning_rate(const Schedule& s, std::uint64_t step) {
  assert(refused(s).empty());
  if (step < s.warm_up)
    return s.peak * static_cast<double>(step + 1) / static_cast<double>(s.warm_up);
  const std::uint64_t after = step - s.warm_up;
  switch (s.shape) {
    case ScheduleShape::kConstant:
      return s.peak;
    case ScheduleShape::kCosine: {
      const std::uint64_t length = s.steps - s.warm_up;
      if (after >= length) return s.peak * s.final_share;
      const double share = static_cast<double>(after) / static_cast<double>(length);
      const double height = (1 + std::cos(std::numbers::pi * share)) / 2;
      return s.peak * (s.final_share + (1 - s.final_share) * height);
    }
    case ScheduleShape::kStep:
      return s.peak * std::pow(s.factor, static_cast<double>(after / s.every));
  }
  return s.peak;
}

}  // namespace equivolve::nn
