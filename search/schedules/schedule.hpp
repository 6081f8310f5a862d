// How far each candidate is tried: at which levels of fidelity, and how often. Stands between a
// search algorithm and whoever runs it: the algorithm is told once for each child, with the outcome
// at the last level the child came to and the mean over its repeats.
//
//   full                one trial at the last level
//   hurdle              a trial at level 0; above a percentile of the distinct outcomes there it
//                       goes on to the last level. Source: Real et al. 2020, "AutoML-Zero" (ICML),
//                       section 3; So, Liang, Le 2019, "The evolved transformer" (ICML), section 3
//   successive halving  level by level; of those at a level the best 1 / reduction_factor go on.
//                       Asynchronous: decided on what is known when an outcome comes. Source:
//                       Jamieson, Talwalkar 2016, "Non-stochastic best arm identification"
//                       (AISTATS); Li et al. 2020, "A system for massively parallel hyperparameter
//                       tuning" (MLSys)
//   hyperband           brackets of successive halving that begin at level 0, 1, ...; they get
//                       children in the published proportions. Source: Li, Jamieson, DeSalvo,
//                       Rostamizadeh, Talwalkar 2018, "Hyperband" (JMLR 18), algorithm 1
//
// At the last level follow `repeats` trials; race.hpp says when a candidate is given up before.
//
// Whoever stops below the last level stands on a lower rung (Outcome::rung) than those above,
// unless the levels' figures are on one scale. A value; decisions follow from what was told alone.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "search/algorithms/request.hpp"
#include "search/schedules/race.hpp"
#include "search/schedules/rung.hpp"

namespace equivolve::search {

struct ScheduleSettings {
  enum class Kind : std::uint8_t { kFull, kHurdle, kSuccessiveHalving, kHyperband };
  Kind kind = Kind::kFull;
  /// For each level but the last: its figures and those of the next are on one scale. One level
  /// more than there are entries.
  std::vector<bool> is_comparable;
  double hurdle_percentile = 75;  ///< of kHurdle: outcomes below it go no further; [0, 100)
  double reduction_factor = 3;    ///< of the halvings: one in so many goes on; > 1
  std::uint32_t repeats = 1;      ///< trials at the last level, >= 1
  bool races = true;              ///< false: every candidate that gets there has all of them
};

/// What an outcome came to.
struct Told {
  bool is_decided = true;       ///< its candidate is not tried again: the algorithm was told
  bool is_complete = true;      ///< ... after all levels and repeats: this is what it is worth
  std::vector<double> figures;  ///< where it was repeated: the means of Outcome::figures
  double violation = 0;         ///< ... and of Outcome::violation
};

class Schedule {
 public:
  explicit Schedule(ScheduleSettings settings = {});

  /// One trial each, at the last level, is all there is.
  bool is_trivial() const;

  /// Sets the level at which a child that an algorithm asked for begins.
  void begin(Request& child);

  /// The next candidate to be tried again, in the order in which that was decided.
  std::optional<Request> again(Ticket ticket);

  /// An outcome of begin's or again's request. Where the candidate is done: the child's request and
  /// what its algorithm is to be told; else it waits for `again`.
  struct Decision {
    Told told;
    std::optional<Request> child;
    Outcome outcome;
  };
  Decision take(const Request& request, const Candidate& candidate, const Outcome& outcome);

 private:
  struct Running {  // a child whose fate is open
    Request child;
    std::uint32_t bracket = 0;
    std::vector<Outcome> repeats;  // at the last level
  };
  std::uint32_t last_level() const {
    return static_cast<std::uint32_t>(rungs_of_levels_.size() - 1);
  }
  std::uint32_t next_bracket();
  std::uint32_t level_after(std::uint32_t level) const;
  bool goes_on(Running& one, const Request& request, const Outcome& outcome);
  void try_again(Request request, const Candidate& candidate, std::uint32_t level,
                 std::uint32_t repeat);
  Decision decide(std::map<Birth, Running>::iterator one, const Outcome& outcome);

  ScheduleSettings settings_;
  std::vector<std::uint32_t> rungs_of_levels_;  // rising; equal where levels are comparable
  std::vector<double> shares_;                  // of the brackets; sum 1
  std::vector<std::uint64_t> begun_;            // children, by bracket
  std::vector<std::vector<Rung>> rungs_;        // by bracket and level
  Race race_;
  std::map<Birth, Running> running_;
  std::deque<Request> waiting_;
};

}  // namespace equivolve::search
