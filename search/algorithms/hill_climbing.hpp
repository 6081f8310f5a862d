// Hill climbing with restarts. A climb begins at a random candidate and goes on by mutations of the
// one it stands at. It steps to the best of each `neighbours` that were told, where that is no
// worse: with 1 to any that is (random-mutation hill climbing), with many to the best of a sample
// of the neighbourhood (steepest ascent). Steps to equals let it cross plateaus; only a gain counts
// as progress. Source: Mitchell, Holland, Forrest 1993, "When will a genetic algorithm outperform
// hill climbing?" (NIPS 6), section 3.
//
// It never waits: random candidates are asked until one of a new climb has a rank, and a neighbour
// that was asked before a step and told after it counts for the step after.
#pragma once

#include <cstdint>
#include <optional>

#include "search/algorithms/population.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::search {

struct HillClimbingSettings {
  std::uint32_t neighbours = 1;  ///< told before each step, >= 1
  /// Tells without a gain after which a new climb begins; 0: never. At least `neighbours`, or no
  /// step is ever made.
  std::uint64_t restart_after = 500;
};

class HillClimbing {
 public:
  explicit HillClimbing(HillClimbingSettings settings) : settings_(settings) {}

  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

 private:
  void step();
  void restart();

  HillClimbingSettings settings_;
  std::optional<Member> place_;           // where the climb stands; ranked
  std::optional<Member> best_neighbour_;  // since the last step; of equals the youngest
  std::uint32_t neighbours_told_ = 0;     // since the last step
  std::uint64_t tells_without_gain_ = 0;
  std::uint64_t epoch_ = 0;  // climbs so far; children of an earlier one do not count
  Birth births_ = 0;
};

}  // namespace equivolve::search
