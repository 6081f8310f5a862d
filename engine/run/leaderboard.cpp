#include "engine/run/leaderboard.hpp"

#include <algorithm>

namespace equivolve::engine {

void Leaderboard::offer(Leader leader) {
  if (!would_enter(leader.score, leader.violation)) return;
  if (leader.violation == 0)
    std::erase_if(leaders_, [](const Leader& l) { return l.violation > 0; });
  const bool there = std::any_of(leaders_.begin(), leaders_.end(),
                                 [&](const Leader& l) { return l.identity == leader.identity; });
  if (there) return;
  auto place = std::upper_bound(
      leaders_.begin(), leaders_.end(), leader,
      [](const Leader& a, const Leader& b) { return stands_before(a.score, a.violation, b); });
  leaders_.insert(place, std::move(leader));
  if (leaders_.size() > kept_) leaders_.pop_back();
}

void Leaderboard::withdraw(std::uint64_t identity) {
  std::erase_if(leaders_, [&](const Leader& l) { return l.identity == identity; });
}

}  // namespace equivolve::engine
