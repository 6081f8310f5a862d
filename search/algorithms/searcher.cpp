#include "search/algorithms/searcher.hpp"

#include "search/variation/real_coded_variation.hpp"
#include "search/variation/variation.hpp"

namespace equivolve::search {
namespace {

/// Where a recipe wants its configurations bred the real-coded way.
const ConfigurationSpace* real_coded_space(const Recipe& recipe, const Space& space) {
  return recipe.real_coded ? std::get_if<ConfigurationSpace>(&space) : nullptr;
}

Bred mutate(const Recipe& recipe, const Space& space, hashing::Stream& stream) {
  if (const auto* numbers = real_coded_space(recipe, space))
    return polynomial_mutation(recipe.first->flat, *numbers, stream);
  return mutate_genome(recipe.first->flat, space, stream);
}

/// Named after the crossover; after the mutation where crossing changed nothing.
Bred cross(const Recipe& recipe, const Space& space, hashing::Stream& stream) {
  if (const auto* numbers = real_coded_space(recipe, space))
    return simulated_binary_crossover(recipe.first->flat, recipe.second->flat,
                                      recipe.mutates_crossed, *numbers, stream);
  Bred crossed = cross_genomes(recipe.first->flat, recipe.second->flat, space, stream);
  if (!recipe.mutates_crossed) return crossed;
  Bred child = mutate_genome(crossed.genome.flat, space, stream);
  if (crossed.op != Operator::kCopy) child.op = crossed.op;
  return child;
}

}  // namespace

std::optional<Request> Searcher::ask(Ticket ticket, bool wants_child) {
  std::optional<Request> request = schedule_.again(ticket);
  if (!request && wants_child) {
    const hashing::Stream stream(seed_, hashing::Purpose::kAsk, ticket);
    request =
        std::visit([&](auto& algorithm) { return algorithm.ask(ticket, stream); }, algorithm_);
    if (request) schedule_.begin(*request);
  }
  if (request) request->pruning = pruner_.table(request->level);
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
      return mutate(recipe, *space_, stream);
    case Recipe::Kind::kProposal:
      return recipe.propose(*space_, stream, attempt);
    case Recipe::Kind::kCrossover:
      return cross(recipe, *space_, stream);
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
