// A search: an algorithm, its space and its randomness, how far each candidate is tried, and when a
// trial is stopped early. A copyable value. All decide in ask and tell, one at a time and in ticket
// order; breeding (vary) is pure and runs anywhere.
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
#include "search/schedules/pruning.hpp"
#include "search/schedules/schedule.hpp"
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
           Schedule schedule = Schedule(), Pruner pruner = Pruner(),
           const std::map<Operator, double>& weights = {}, InitialCandidates initial = {})
      : algorithm_(std::move(algorithm)),
        space_(std::move(space)),
        seed_(seed),
        schedule_(std::move(schedule)),
        pruner_(std::move(pruner)),
        weights_(weights, std::holds_alternative<Nsga2>(algorithm_)),
        initial_(std::move(initial)) {}

  /// The next request, or nothing until more has been told: a candidate that is to be tried again,
  /// else, where one is wanted, a new child. Tickets rise by one. Nothing changes where nothing
  /// comes back: a replay may ask at other moments. [one at a time]
  std::optional<Request> ask(Ticket ticket, bool wants_child = true);

  /// The child a request of Kind::kChild asks for; another attempt gives another child. Pure.
  /// [any-thread]
  Bred vary(const Request& request, std::uint32_t attempt) const;

  /// Outcomes come in ticket order. [one at a time, not together with ask]
  Told tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

  const Algorithm& algorithm() const { return algorithm_; }
  const Pruner& pruner() const { return pruner_; }

 private:
  std::optional<Request> ask_child(Ticket ticket);
  void tell_algorithm(const Request& child, const Candidate& candidate, const Outcome& outcome);

  Algorithm algorithm_;
  std::shared_ptr<const Space> space_;
  std::uint64_t seed_;
  Schedule schedule_;
  Pruner pruner_;
  OperatorWeights weights_;
  InitialCandidates initial_;
};

}  // namespace equivolve::search
