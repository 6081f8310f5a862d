// Regularized (aging) evolution: the population is the last `population_size` candidates told; a
// child's parent is the best of a random tournament; who is oldest goes, however good. Source:
// Real, Aggarwal, Huang, Le 2019, "Regularized evolution for image classifier architecture search"
// (AAAI), algorithm 1; tournament and mutation probability as in Real et al. 2020, "AutoML-Zero".
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "search/algorithms/population.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::search {

struct RegularizedEvolutionSettings {
  std::uint32_t population_size = 100;  ///< >= 1
  std::uint32_t tournament_size = 10;   ///< >= 1; drawn with replacement
  double mutation_probability = 0.9;    ///< else the child is its parent's copy; [0, 1]
  double crossover_probability = 0.0;   ///< drawn first; a second tournament names the other parent
  std::uint64_t restart_after =
      0;  ///< tells without a new best after which everything starts anew; 0: never
};

class RegularizedEvolution {
 public:
  explicit RegularizedEvolution(RegularizedEvolutionSettings settings)
      : settings_(settings), patience_(settings.restart_after) {}

  /// Empty while the first population is out and nobody has been told yet.
  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

  // For islands.
  const Member* best() const;   ///< of the population; null while it is empty
  void receive(Member member);  ///< from elsewhere: it becomes the youngest, unless it is here

 private:
  const Member& tournament(hashing::Stream& stream) const;
  void enter(Member member);
  void restart();

  RegularizedEvolutionSettings settings_;
  std::deque<Member> population_;  // oldest first
  Birth births_ = 0;
  std::uint64_t epoch_ = 0;         // starts so far; children of an earlier one are not let in
  std::uint64_t random_asked_ = 0;  // of this epoch
  Patience patience_;
};

}  // namespace equivolve::search
