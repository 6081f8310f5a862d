#include "search/schedules/rung.hpp"

#include <algorithm>

#include "search/algorithms/nondominated_sorting.hpp"

namespace equivolve::search {
namespace {

bool are_equal(const Score& a, const Score& b) {
  return !better(a, b) && !better(b, a);
}

bool are_equal(const Outcome& a, const Outcome& b) {
  return a.violation == b.violation && a.rung == b.rung && a.objectives == b.objectives;
}

}  // namespace

bool Rung::admits(const Outcome& outcome) {
  if (!outcome.ranked) return false;
  if (outcome.objectives.size() > 1) {
    const std::size_t ahead = ones_ahead(outcome);
    return ahead < admitted(held_.size());
  }
  const std::size_t ahead = better_ones(score_of(outcome));
  return ahead < admitted(sorted_.size());
}

std::size_t Rung::admitted(std::size_t held) const {
  // 1e-9: a third of three is one.
  return std::max<std::size_t>(1,
                               static_cast<std::size_t>(share_ * static_cast<double>(held) + 1e-9));
}

std::size_t Rung::better_ones(const Score& score) {
  const auto place = [&](const Score& of) {
    return std::lower_bound(sorted_.begin(), sorted_.end(), of, better);
  };
  auto at = place(score);
  if (at == sorted_.end() || !are_equal(*at, score)) {
    sorted_.insert(at, score);
    order_.push_back(score);
    if (order_.size() > kHeld) {
      sorted_.erase(place(order_.front()));
      order_.pop_front();
    }
    at = place(score);
  }
  return static_cast<std::size_t>(at - sorted_.begin());
}

std::size_t Rung::ones_ahead(const Outcome& outcome) {
  auto at = std::find_if(held_.begin(), held_.end(),
                         [&](const Outcome& held) { return are_equal(held, outcome); });
  if (at == held_.end()) {
    if (held_.size() == kHeldOfSeveral) held_.pop_front();
    Outcome kept;
    kept.ranked = true;
    kept.objectives = outcome.objectives;
    kept.violation = outcome.violation;
    kept.rung = outcome.rung;
    held_.push_back(std::move(kept));
    at = held_.end() - 1;
  }
  std::vector<const Outcome*> all;
  all.reserve(held_.size());
  for (const Outcome& held : held_) all.push_back(&held);
  return count_ahead(all, static_cast<std::size_t>(at - held_.begin()));
}

}  // namespace equivolve::search
