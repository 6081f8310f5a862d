#include "search/algorithms/searcher.hpp"

#include "search/variation/variation.hpp"

namespace equivolve::search {

std::optional<Request> Searcher::ask(Ticket ticket) {
  const hashing::Stream stream(seed_, hashing::Purpose::kAsk, ticket);
  auto request =
      std::visit([&](auto& algorithm) { return algorithm.ask(ticket, stream); }, algorithm_);
  const Genome* given = request ? initial_.take_place(*request) : nullptr;
  if (auto* tpe = std::get_if<Tpe>(&algorithm_); tpe && given) tpe->put(request->birth, *given);
  return request;
}

Bred Searcher::vary(const Request& request, std::uint32_t attempt) const {
  // Attempts of one birth are streams of their own: a child never draws more than 2^20 blocks.
  hashing::Stream stream(seed_, hashing::Purpose::kVary, request.birth, attempt << 20);
  const Recipe& recipe = request.recipe;
  switch (recipe.kind) {
    case Recipe::Kind::kRandom:
      return {random_genome(*space_, stream), Operator::kRandom};
    case Recipe::Kind::kCopy:
      // A copy that was refused cannot be had otherwise.
      if (attempt == 0) return {*recipe.first, Operator::kCopy};
      [[fallthrough]];
    case Recipe::Kind::kMutation:
      return mutate_genome(recipe.first->flat, *space_, stream, weights_);
    case Recipe::Kind::kProposal:
      return recipe.propose(*space_, stream, attempt);
    case Recipe::Kind::kCrossover:
      return recipe.mutates_crossed ? cross_and_mutate(recipe.first->flat, recipe.second->flat,
                                                       *space_, stream, weights_)
                                    : cross_genomes(recipe.first->flat, recipe.second->flat,
                                                    *space_, stream, weights_);
    case Recipe::Kind::kGiven:
      if (attempt == 0) return {*recipe.first, Operator::kGiven};
      if (recipe.propose) return recipe.propose(*space_, stream, attempt);
      return {random_genome(*space_, stream), Operator::kRandom};
  }
  return {};
}

void Searcher::tell(const Request& request, const Candidate& candidate, const Outcome& outcome) {
  std::visit([&](auto& algorithm) { algorithm.tell(request, candidate, outcome); }, algorithm_);
}

}  // namespace equivolve::search
