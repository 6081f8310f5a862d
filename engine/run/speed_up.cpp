#include "engine/run/speed_up.hpp"

#include <fmt/format.h>

namespace equivolve::engine {

std::optional<double> measured_speed_up(double price, double evaluation, double saved) {
  const double without = evaluation + saved, with = price + evaluation;
  if (!(without > 0) || !(with > 0)) return std::nullopt;
  return without / with;
}

bool SlowHashing::look(std::chrono::nanoseconds running, std::optional<double> speed_up) {
  if (!speed_up || *speed_up >= 1) {
    since_.reset();
    return false;
  }
  if (!since_) since_ = running;
  if (said_ || running - *since_ < kLong) return false;
  return said_ = true;
}

bool hashing_only_saves(const Configuration& config) {
  return config.hashing.policy != hashing::Policy::kAggregate &&
         config.search.functional_change == 0 && config.search.tabu_limit == 0;
}

std::string slow_hashing_advice(double speed_up) {
  return fmt::format(
      "hashing costs more than it saves (measured speed-up {:.2f}x): a new run with "
      "hashing.policy: off would be faster, or a longer evaluation would pay for the probe",
      speed_up);
}

std::string probing_stopped_notice(double speed_up) {
  return fmt::format(
      "hashing costs more than it saves (measured speed-up {:.2f}x): from here on nothing is "
      "probed "
      "(hashing.policy: auto)",
      speed_up);
}

}  // namespace equivolve::engine
