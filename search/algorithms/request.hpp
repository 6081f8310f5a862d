// What passes between a search algorithm and whoever runs it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "hashing/stream.hpp"
#include "search/genome/genome.hpp"
#include "search/space/space.hpp"
#include "search/variation/operator.hpp"

namespace equivolve::search {

using Birth = std::uint64_t;   ///< 0-based number of a candidate in the order it was bred
using Ticket = std::uint64_t;  ///< 0-based number of a request
inline constexpr Birth kNoBirth = std::numeric_limits<Birth>::max();

class PruningTable;

/// How a child is to be bred: all that vary needs, so that it can run on any thread, later.
struct Recipe {
  enum class Kind : std::uint8_t { kRandom, kCopy, kMutation, kCrossover, kProposal, kGiven };
  Kind kind = Kind::kRandom;  ///< which mutation or crossover is drawn by vary
  Birth first_parent = kNoBirth;
  Birth second_parent = kNoBirth;
  std::shared_ptr<const Genome> first,
      second;                    ///< the parents' genomes; shared with the population, immutable.
                                 ///< Of kGiven `first` is what was given, and no parent
  bool mutates_crossed = false;  ///< of kCrossover: what comes of it is mutated as well
  /// Of kProposal: what a model of the algorithm's own proposes (an estimate of densities, a normal
  /// distribution, a point of a grid). The first attempt (0) may be what the algorithm has chosen
  /// already, because later choices depend on it. Pure, any-thread: it holds what it needs,
  /// immutable.
  std::function<Bred(const Space& space, hashing::Stream& stream, std::uint32_t attempt)> propose;
};

/// A bred candidate; immutable.
struct Candidate {
  Birth birth = 0;
  std::shared_ptr<const Genome> genome;
  Birth first_parent = kNoBirth;
  Birth second_parent = kNoBirth;
  Operator op = Operator::kRandom;
};

/// A new child, or an existing candidate again at another level or repeat.
struct Request {
  enum class Kind : std::uint8_t { kChild, kAgain };
  Kind kind = Kind::kChild;
  Ticket ticket = 0;
  Birth birth = 0;
  std::uint32_t level = 0;
  std::uint32_t repeat = 0;
  std::uint64_t epoch = 0;  ///< the algorithm's own: which start of the search asked
  Recipe recipe;            ///< of kChild
  Candidate candidate;      ///< of kAgain: who is to be tried again
  /// Where a trial that reports on its way may be stopped early; null: nowhere.
  std::shared_ptr<const PruningTable> pruning;
};

/// What a candidate came to at a step on its way.
struct StepOutcome {
  std::uint64_t step = 0;          ///< the evaluator's count
  std::vector<double> objectives;  ///< each to be maximised, all finite
};

/// What a candidate was worth. Unranked (failed, infeasible, non-finite): worse than everything
/// ranked. Never NaN.
struct Outcome {
  bool ranked = false;
  std::vector<double> objectives;   ///< each to be maximised
  double violation = 0;             ///< sum over constraints of how far each is missed; 0: feasible
  std::vector<double> descriptors;  ///< what kind of solution it is (quality diversity)
  bool pruned = false;              ///< the trial was stopped early: these are of a part of it
  /// Only outcomes of one rung compare by their objectives; those of a higher one are better. What
  /// ended at a low level stands on a lower rung where levels are not comparable, and what was
  /// pruned lower than what was not.
  std::uint32_t rung = 1;
  std::vector<double> figures;     ///< the engine's, of every kind: averaged over repeats with the
                                   ///< rest. May be empty
  std::vector<StepOutcome> steps;  ///< what the trial reported on its way; rising steps
};

}  // namespace equivolve::search
