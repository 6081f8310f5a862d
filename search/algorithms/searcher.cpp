#include "search/algorithms/searcher.hpp"

#include "search/variation/variation.hpp"

namespace equivolve::search {

std::optional<Request> Searcher::ask(Ticket ticket, bool wants_child) {
  std::optional<Request> request = schedule_.again(ticket);
  if (!request && wants_child) request = ask_child(ticket);
  if (request) request->pruning = pruner_.table(request->level);
  return request;
}

std::optional<Request> Searcher::ask_child(Ticket ticket) {
  const hashing::Stream stream(seed_, hashing::Purpose::kAsk, ticket);
  auto request =
      std::visit([&](auto& algorithm) { return algorithm.ask(ticket, stream); }, algorithm_);
  if (!request) return request;
  const Genome* given = initial_.take_place(*request);
  if (auto* tpe = std::get_if<Tpe>(&algorithm_); tpe && given) tpe->put(request->birth, *given);
  schedule_.begin(*request);
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

Told Searcher::tell(const Request& request, const Candidate& candidate, const Outcome& outcome) {
  pruner_.take(request.level, outcome);
  if (!schedule_.is_trivial()) {
    const Schedule::Decision decision = schedule_.take(request, candidate, outcome);
    if (decision.child) tell_algorithm(*decision.child, candidate, decision.outcome);
    return decision.told;
  }
  if (outcome.pruned || !outcome.steps.empty()) {
    Outcome kept = outcome;  // algorithms keep outcomes, and have no use for steps
    kept.steps.clear();
    if (kept.pruned) kept.rung = 0;
    tell_algorithm(request, candidate, kept);
  } else {
    tell_algorithm(request, candidate, outcome);
  }
  return {true, outcome.ranked && !outcome.pruned, {}, outcome.violation};
}

void Searcher::tell_algorithm(const Request& child, const Candidate& candidate,
                              const Outcome& outcome) {
  std::visit([&](auto& algorithm) { algorithm.tell(child, candidate, outcome); }, algorithm_);
}

}  // namespace equivolve::search
