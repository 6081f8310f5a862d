// NSGA-II: several objectives at once, with constraints. After each `population_size` children
// told, parents and children are sorted into fronts by constrained domination; the best fronts live
// on, and of the one that does not fit those that stand least crowded. Parents win tournaments by
// front, then by crowding distance. A child is crossed, and then mutated; configurations by
// simulated binary crossover and polynomial mutation (real_coded_variation.hpp). Source: Deb,
// Pratap, Agarwal, Meyarivan 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II"
// (IEEE Transactions on Evolutionary Computation 6).
//
// When it waits: only for the first population, all of which must be told before anyone is a
// parent. Later a child that was asked before a selection and told after it counts among the
// children of the next: with one request in flight at a time this is the published algorithm, with
// W of them at most W - 1 of each generation's children have parents that are one selection older.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "search/algorithms/request.hpp"

namespace equivolve::search {

struct Nsga2Settings {
  std::uint32_t population_size = 100;  ///< >= 1
  std::uint32_t tournament_size = 2;    ///< >= 1
  double mutation_probability = 1.0;  ///< of every child; one neither crossed nor mutated is a copy
  double crossover_probability = 0.9;  ///< else the child has one parent; both in [0, 1]
};

class Nsga2 {
 public:
  explicit Nsga2(Nsga2Settings settings) : settings_(settings) {}

  /// Empty while the first population is out.
  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

  struct Individual {
    Birth birth = kNoBirth;
    std::shared_ptr<const Genome> genome;
    Outcome outcome;
    std::uint32_t front = 0;
    double crowding = 0;  ///< before the last front was cut
  };
  /// The last selection's survivors, best front first.
  const std::vector<Individual>& parents() const { return parents_; }

 private:
  const Individual& tournament(hashing::Stream& stream) const;
  void select();

  Nsga2Settings settings_;
  std::vector<Individual> parents_;
  std::vector<Individual> children_;  // told since the last selection, in that order
  Birth births_ = 0;
};

}  // namespace equivolve::search
