#include "search/algorithms/islands.hpp"

#include <utility>

namespace equivolve::search {

std::optional<Request> Islands::ask(Ticket ticket, hashing::Stream stream) {
  const bool is_due =
      settings_.migration_every != 0 && told_since_migration_ >= settings_.migration_every;
  // Whose turn it is may have to wait: then nobody has migrated either.
  const std::vector<IslandAlgorithm> before = is_due ? islands_ : std::vector<IslandAlgorithm>();
  if (is_due) migrate(stream);
  IslandAlgorithm& island = islands_[births_ % islands_.size()];
  auto request = std::visit([&](auto& algorithm) { return algorithm.ask(ticket, stream); }, island);
  if (request) {
    request->birth = births_++;
    if (is_due) told_since_migration_ = 0;
  } else if (is_due) {
    islands_ = before;
  }
  return request;
}

void Islands::tell(const Request& request, const Candidate& candidate, const Outcome& outcome) {
  ++told_since_migration_;
  IslandAlgorithm& island = islands_[request.birth % islands_.size()];
  std::visit([&](auto& algorithm) { algorithm.tell(request, candidate, outcome); }, island);
}

/// All depart before any arrives: a migrant travels one step.
void Islands::migrate(hashing::Stream& stream) {
  const std::size_t n = islands_.size();
  if (n < 2) return;
  std::vector<std::pair<std::size_t, Member>> travellers;  // where to, and who
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t away =
        settings_.migration == IslandsSettings::Migration::kRing ? 1 : 1 + stream.below(n - 1);
    const Member* best =
        std::visit([](const auto& algorithm) { return algorithm.best(); }, islands_[i]);
    if (best) travellers.push_back({(i + away) % n, *best});
  }
  for (auto& traveller : travellers)
    std::visit([&](auto& algorithm) { algorithm.receive(std::move(traveller.second)); },
               islands_[traveller.first]);
}

}  // namespace equivolve::search
