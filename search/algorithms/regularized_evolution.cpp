#include "search/algorithms/regularized_evolution.hpp"

namespace equivolve::search {

bool RegularizedEvolution::better(const Member& a, const Member& b) {
  if (a.ranked != b.ranked) return a.ranked;
  return a.ranked && a.fitness > b.fitness;
}

const RegularizedEvolution::Member& RegularizedEvolution::tournament(
    hashing::Stream& stream) const {
  const Member* winner = &population_[stream.below(population_.size())];
  for (std::uint32_t i = 1; i < settings_.tournament_size; ++i) {
    const Member& drawn = population_[stream.below(population_.size())];
    if (better(drawn, *winner)) winner = &drawn;
  }
  return *winner;
}

std::optional<Request> RegularizedEvolution::ask(Ticket ticket, hashing::Stream stream) {
  const bool filling = random_asked_ < settings_.population_size;
  if (!filling && population_.empty()) return std::nullopt;
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  request.epoch = epoch_;
  if (filling) {
    ++random_asked_;
    return request;
  }
  Recipe& recipe = request.recipe;
  const bool crosses =
      settings_.crossover_probability > 0 && stream.chance(settings_.crossover_probability);
  const bool mutates = stream.chance(settings_.mutation_probability);
  recipe.kind = crosses   ? Recipe::Kind::kCrossover
                : mutates ? Recipe::Kind::kMutation
                          : Recipe::Kind::kCopy;
  const Member& first = tournament(stream);
  recipe.first_parent = first.birth;
  recipe.first = first.genome;
  if (crosses) {
    const Member& second = tournament(stream);
    recipe.second_parent = second.birth;
    recipe.second = second.genome;
  }
  return request;
}

void RegularizedEvolution::restart() {
  population_.clear();
  best_.reset();
  random_asked_ = 0;
  tells_without_best_ = 0;
  ++epoch_;
}

void RegularizedEvolution::tell(const Request& request, const Candidate& candidate,
                                const Outcome& outcome) {
  if (request.epoch != epoch_) return;
  Member member{candidate.birth, candidate.genome, outcome.ranked,
                outcome.ranked ? outcome.objectives.front() : 0};
  ++tells_without_best_;
  if (!best_ || better(member, *best_)) {
    best_ = member;
    tells_without_best_ = 0;
  }
  population_.push_back(std::move(member));
  if (population_.size() > settings_.population_size) population_.pop_front();
  if (settings_.restart_after != 0 && tells_without_best_ >= settings_.restart_after) restart();
}

}  // namespace equivolve::search
