#include "search/algorithms/hill_climbing.hpp"

namespace equivolve::search {

std::optional<Request> HillClimbing::ask(Ticket ticket, hashing::Stream /*stream*/) {
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  request.epoch = epoch_;
  if (!place_) return request;
  request.recipe.kind = Recipe::Kind::kMutation;
  request.recipe.first_parent = place_->birth;
  request.recipe.first = place_->genome;
  return request;
}

void HillClimbing::tell(const Request& request, const Candidate& candidate,
                        const Outcome& outcome) {
  if (request.epoch != epoch_) return;
  Member member = member_of(candidate, outcome);
  if (!place_) {
    if (member.score.ranked) place_ = std::move(member);
    return;
  }
  ++tells_without_gain_;
  ++neighbours_told_;
  if (!best_neighbour_ || !better(best_neighbour_->score, member.score))
    best_neighbour_ = std::move(member);
  if (neighbours_told_ >= settings_.neighbours) step();
  if (settings_.restart_after != 0 && tells_without_gain_ >= settings_.restart_after) restart();
}

void HillClimbing::step() {
  if (better(best_neighbour_->score, place_->score)) tells_without_gain_ = 0;
  if (!better(place_->score, best_neighbour_->score)) place_ = std::move(best_neighbour_);
  best_neighbour_.reset();
  neighbours_told_ = 0;
}

void HillClimbing::restart() {
  place_.reset();
  best_neighbour_.reset();
  neighbours_told_ = 0;
  tells_without_gain_ = 0;
  ++epoch_;
}

}  // namespace equivolve::search
