// A search: an algorithm, its space and its randomness. A copyable value. Algorithms decide in ask
// and tell, one at a time and in ticket order; breeding (vary) is pure and runs anywhere.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <variant>

#include "search/algorithms/cma_es.hpp"
#include "search/algorithms/grid.hpp"
#include "search/algorithms/hill_climbing.hpp"
#include "search/algorithms/initial_candidates.hpp"
#include "search/algorithms/islands.hpp"
#include "search/algorithms/map_elites.hpp"
#include "search/algorithms/mu_plus_lambda.hpp"
#include "search/algorithms/nsga2.hpp"
#include "search/algorithms/random_search.hpp"
#include "search/algorithms/regularized_evolution.hpp"
#include "search/algorithms/request.hpp"
#include "search/algorithms/tpe.hpp"
#include "search/space/space.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::search {

using Algorithm = std::variant<RandomSearch, RegularizedEvolution, HillClimbing, MuPlusLambda,
                               Nsga2, MapElites, Islands, Grid, CmaEs, Tpe>;

class Searcher {
 public:
  /// `weights` of operators are those that differ from the algorithm's own (OperatorWeights).
  /// `initial` is for algorithms that begin with random candidates: not cma_es, not grid.
  Searcher(Algorithm algorithm, std::shared_ptr<const Space> space, std::uint64_t seed,
           const std::map<Operator, double>& weights = {}, InitialCandidates initial = {})
      : algorithm_(std::move(algorithm)),
        space_(std::move(space)),
        seed_(seed),
        weights_(weights, std::holds_alternative<Nsga2>(algorithm_)),
        initial_(std::move(initial)) {}

  /// The next request, or nothing until more has been told. Tickets rise by one. [one at a time]
  std::optional<Request> ask(Ticket ticket);

  /// The child a request asks for; another attempt gives another child. Pure. [any-thread]
  Bred vary(const Request& request, std::uint32_t attempt) const;

  /// Outcomes come in ticket order. [one at a time, not together with ask]
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

 private:
  Algorithm algorithm_;
  std::shared_ptr<const Space> space_;
  std::uint64_t seed_;
  OperatorWeights weights_;
  InitialCandidates initial_;
};

}  // namespace equivolve::search
