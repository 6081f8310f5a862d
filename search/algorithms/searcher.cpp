#include "search/algorithms/searcher.hpp"

namespace equivolve::search {
namespace {

Program parent_of(const std::shared_ptr<const Genome>& genome) {
  return program_of(genome->flat).value();  // parents were bred here, so they parse
}

}  // namespace

std::optional<Request> Searcher::ask(Ticket ticket) {
  const hashing::Stream stream(seed_, hashing::Purpose::kAsk, ticket);
  return std::visit([&](auto& algorithm) { return algorithm.ask(ticket, stream); }, algorithm_);
}

Bred Searcher::vary(const Request& request, std::uint32_t attempt) const {
  // Attempts of one birth are streams of their own: a child never draws more than 2^20 blocks.
  hashing::Stream stream(seed_, hashing::Purpose::kVary, request.birth, attempt << 20);
  const Recipe& recipe = request.recipe;
  switch (recipe.op) {
    case Operator::kRandom:
      return {to_genome(random_program(*space_, stream)), Operator::kRandom};
    case Operator::kCopy:
      return {*recipe.first, Operator::kCopy};
    case Operator::kCrossover:
      return {to_genome(crossover(parent_of(recipe.first), parent_of(recipe.second), stream)),
              Operator::kCrossover};
    default:
      break;
  }
  Varied child = mutate(parent_of(recipe.first), *space_, stream);
  return {to_genome(child.program), child.op};
}

void Searcher::tell(const Request& request, const Candidate& candidate, const Outcome& outcome) {
  std::visit([&](auto& algorithm) { algorithm.tell(request, candidate, outcome); }, algorithm_);
}

}  // namespace equivolve::search
