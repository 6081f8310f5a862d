// Learning rates that change over a training.
#pragma once

#include <cstdint>
#include <string>

namespace equivolve::nn {

enum class ScheduleShape {
  kConstant,
  kCosine,  ///< half a cosine from peak to final_share peak: Loshchilov, Hutter 2017, "SGDR"
            ///< (ICLR), equation 5, without restarts
  kStep,    ///< times `factor` after every `every` steps
};

/// With n warm-up steps, step s < n of them gets peak (s + 1) / n; the shape begins after them.
struct Schedule {
  ScheduleShape shape = ScheduleShape::kConstant;
  double peak = 1e-3;         ///< at least 0
  std::uint64_t warm_up = 0;  ///< steps; with kCosine at most `steps`
  std::uint64_t steps = 1;    ///< kCosine: of the whole training, at least 1; later: the end
  double final_share = 0;     ///< kCosine: 0 to 1
  std::uint64_t every = 1;    ///< kStep: at least 1
  double factor = 0.1;        ///< kStep: above 0, at most 1
};

/// "" or why this schedule cannot be used.
std::string refused(const Schedule& schedule);

/// Of the 0-based `step`. The cosine is peak at the first step after the warm-up and
/// final_share peak at step `steps`, the first that is not part of the training. [any-thread]
double learning_rate(const Schedule& schedule, std::uint64_t step);

}  // namespace equivolve::nn
