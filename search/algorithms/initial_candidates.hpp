// Candidates that a search is given to begin with: they take the places of the first random ones,
// in order. A copyable value.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "search/algorithms/request.hpp"

namespace equivolve::search {

using GivenGenomes = std::vector<std::shared_ptr<const Genome>>;

class InitialCandidates {
 public:
  InitialCandidates() = default;
  /// All lie in the space that is searched (check_limits).
  explicit InitialCandidates(GivenGenomes given) : given_(std::move(given)) {}

  /// Turns a request for a random candidate, or for one that a model proposes, into one for the
  /// next of these, and returns that; null when it asks for another, or none is left. What the
  /// request asked for before is bred where the given one is refused.
  const Genome* take_place(Request& request) {
    const Recipe::Kind kind = request.recipe.kind;
    const bool fits = request.kind == Request::Kind::kChild &&
                      (kind == Recipe::Kind::kRandom || kind == Recipe::Kind::kProposal);
    if (!fits || next_ == given_.size()) return nullptr;
    request.recipe.kind = Recipe::Kind::kGiven;
    request.recipe.first = given_[next_++];
    return request.recipe.first.get();
  }

 private:
  GivenGenomes given_;
  std::size_t next_ = 0;
};

}  // namespace equivolve::search
