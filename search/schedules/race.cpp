#include "search/schedules/race.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "search/algorithms/outcome_order.hpp"

namespace equivolve::search {
namespace {

void add(std::vector<double>& to, const std::vector<double>& values) {
  to.resize(std::max(to.size(), values.size()), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) to[i] += values[i];
}

void divide(std::vector<double>& values, double by) {
  for (double& value : values) value /= by;
}

}  // namespace

Outcome mean_of(std::span<const Outcome> repeats) {
  if (repeats.size() == 1) return repeats.front();
  Outcome mean;
  mean.ranked = true;
  mean.rung = repeats.back().rung;
  for (const Outcome& one : repeats) {
    mean.ranked = mean.ranked && one.ranked;
    mean.pruned = mean.pruned || one.pruned;
    mean.violation += one.violation;
    add(mean.objectives, one.objectives);
    add(mean.descriptors, one.descriptors);
    add(mean.figures, one.figures);
  }
  const auto count = static_cast<double>(repeats.size());
  mean.violation /= count;
  divide(mean.objectives, count);
  divide(mean.descriptors, count);
  divide(mean.figures, count);
  return mean;
}

double student_95(double n) {
  constexpr double z = 1.6448536269514722;
  constexpr double z3 = z * z * z, z5 = z3 * z * z;
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
}

bool Race::may_still_win(std::span<const Outcome> so_far) const {
  if (so_far.size() >= repeats_) return false;
  if (incumbents_.empty() || freedom_ < kLeastFreedom) return true;
  Outcome hope = mean_of(so_far);
  const double counts = 1.0 / static_cast<double>(so_far.size()) + 1.0 / repeats_;
  for (std::size_t i = 0; i < hope.objectives.size(); ++i)
    hope.objectives[i] += student_95(freedom_) * std::sqrt(squares_[i] / freedom_ * counts);
  return std::none_of(incumbents_.begin(), incumbents_.end(), [&](const Outcome& incumbent) {
    return dominates(incumbent, hope) ||
           (incumbent.violation == hope.violation && incumbent.objectives == hope.objectives);
  });
}

void Race::end(std::span<const Outcome> repeats, const Outcome& mean) {
  squares_.resize(mean.objectives.size(), 0.0);
  for (const Outcome& one : repeats)
    for (std::size_t i = 0; i < squares_.size(); ++i) {
      const double off = one.objectives[i] - mean.objectives[i];
      squares_[i] += off * off;
    }
  freedom_ += static_cast<double>(repeats.size() - 1);
  if (repeats.size() < repeats_) return;
  // An equal one may be the same behaviour again.
  const auto beats_it = [&](const Outcome& other) {
    return dominates(other, mean) ||
           (other.violation == mean.violation && other.objectives == mean.objectives);
  };
  if (std::any_of(incumbents_.begin(), incumbents_.end(), beats_it)) return;
  std::erase_if(incumbents_, [&](const Outcome& other) { return dominates(mean, other); });
  if (mean.objectives.size() == 1) incumbents_.clear();
  if (incumbents_.size() == kIncumbents) incumbents_.erase(incumbents_.begin());
  incumbents_.push_back(mean);
  incumbents_.back().figures.clear();
}

}  // namespace equivolve::search
