// Islands: populations that evolve side by side, each on its own parents, and now and then send
// their best to each other. Each is an evolution of its own with a whole population; births go to
// the islands in turn, so that birth b belongs to island b modulo their number. After every so many
// births told, every island's best is copied to the next one (ring) or to another drawn at random;
// a migrant keeps its birth, so that the lineage of its children leads to where it was bred.
// Sources: Tanese 1989, "Distributed genetic algorithms" (ICGA 3); Whitley, Rana, Heckendorn 1999,
// "The island model genetic algorithm: on separability, population size and convergence".
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "search/algorithms/mu_plus_lambda.hpp"
#include "search/algorithms/regularized_evolution.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::search {

struct IslandsSettings {
  std::uint32_t islands = 4;  ///< >= 1
  enum class Migration : std::uint8_t { kRing, kRandom };
  Migration migration = Migration::kRing;
  std::uint64_t migration_every = 1000;  ///< births told, of all islands together; 0: never
};

/// What each island is, with the settings of one island.
using IslandAlgorithm = std::variant<RegularizedEvolution, MuPlusLambda>;

class Islands {
 public:
  Islands(IslandsSettings settings, const IslandAlgorithm& each)
      : settings_(settings), islands_(settings.islands, each) {}

  /// Empty while the island whose turn it is has all of its first population out and nobody told.
  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

 private:
  void migrate(hashing::Stream& stream);

  IslandsSettings settings_;
  std::vector<IslandAlgorithm> islands_;
  Birth births_ = 0;
  std::uint64_t told_since_migration_ = 0;
};

}  // namespace equivolve::search
