// What single-objective algorithms keep of a candidate, how children are drawn from such members,
// and when a search without progress starts anew.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "search/algorithms/outcome_order.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::search {

struct Member {
  Birth birth = kNoBirth;
  std::shared_ptr<const Genome> genome;
  Score score;
};

inline Member member_of(const Candidate& candidate, const Outcome& outcome) {
  return {candidate.birth, candidate.genome, score_of(outcome)};
}

template <class Members>
bool has_birth(const Members& members, Birth birth) {
  return std::any_of(members.begin(), members.end(),
                     [birth](const Member& member) { return member.birth == birth; });
}

/// How likely a child is bred in which way.
struct BreedingOdds {
  double mutation = 0.9;         ///< of a child that is not crossed; else it is its parent's copy
  double crossover = 0;          ///< drawn first
  bool mutates_crossed = false;  ///< a crossed child is mutated too, with the same odds
};

/// The way first, then the parents: pick(stream) gives something with a birth and a genome.
template <class Pick>
Recipe draw_recipe(const BreedingOdds& odds, hashing::Stream& stream, Pick pick) {
  Recipe recipe;
  const bool crosses = odds.crossover > 0 && stream.chance(odds.crossover);
  const bool mutates = stream.chance(odds.mutation);
  recipe.kind = crosses   ? Recipe::Kind::kCrossover
                : mutates ? Recipe::Kind::kMutation
                          : Recipe::Kind::kCopy;
  recipe.mutates_crossed = crosses && mutates && odds.mutates_crossed;
  const auto& first = pick(stream);
  recipe.first_parent = first.birth;
  recipe.first = first.genome;
  if (crosses) {
    const auto& second = pick(stream);
    recipe.second_parent = second.birth;
    recipe.second = second.genome;
  }
  return recipe;
}

/// Counts what was told since the last best one.
class Patience {
 public:
  explicit Patience(std::uint64_t limit) : limit_(limit) {}  ///< 0: it never ends

  /// Whether it ends with this one.
  bool ends_with(const Score& score) {
    ++without_best_;
    if (!best_ || better(score, *best_)) {
      best_ = score;
      without_best_ = 0;
    }
    return limit_ != 0 && without_best_ >= limit_;
  }
  void begin_anew() { *this = Patience(limit_); }

 private:
  std::uint64_t limit_;
  std::uint64_t without_best_ = 0;
  std::optional<Score> best_;
};

}  // namespace equivolve::search
