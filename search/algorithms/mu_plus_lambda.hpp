// (mu + lambda) evolution: after each lambda children told, the best mu of parents and children
// live on, so that the best is never lost; of equals the younger one lives. Parents are drawn at
// random, each equally likely, or by tournaments. Source: Beyer, Schwefel 2002, "Evolution
// strategies: a comprehensive introduction" (Natural Computing 1), sections 2 and 3.2.
//
// It does not wait for a generation to end: a child that was asked before a selection and told
// after it counts among the children of the next.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "search/algorithms/population.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::search {

struct MuPlusLambdaSettings {
  std::uint32_t population_size = 100;  ///< mu, >= 1
  std::uint32_t children = 100;         ///< lambda, >= 1
  std::uint32_t tournament_size = 1;    ///< >= 1; 1: every parent is equally likely
  double mutation_probability = 0.9;    ///< else the child is its parent's copy; [0, 1]
  double crossover_probability = 0.0;   ///< drawn first; [0, 1]
  std::uint64_t restart_after =
      0;  ///< tells without a new best after which everything starts anew; 0: never
};

class MuPlusLambda {
 public:
  explicit MuPlusLambda(MuPlusLambdaSettings settings)
      : settings_(settings), patience_(settings.restart_after) {}

  /// Empty while the first population is out and nobody has been told yet.
  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

  // For islands.
  const Member* best() const;  ///< of the parents; null while there are none
  void receive(
      Member member);  ///< from elsewhere: among the parents, unless it is there; the worst goes

 private:
  const Member& tournament(hashing::Stream& stream) const;
  void select();
  void enter(Member member);
  void restart();

  MuPlusLambdaSettings settings_;
  std::vector<Member> parents_;   // best first, of equals the youngest
  std::vector<Member> children_;  // told since the last selection, in that order
  std::vector<Member> scratch_;   // selection's, kept for its memory
  Birth births_ = 0;
  std::uint64_t epoch_ = 0;         // starts so far; children of an earlier one are not let in
  std::uint64_t random_asked_ = 0;  // of this epoch
  Patience patience_;
};

}  // namespace equivolve::search
