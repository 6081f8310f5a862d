// How real-coded genetic algorithms breed, NSGA-II among them: numbers are crossed and moved as a
// binary code would be, near their parents mostly, and less near the more seldom. Here for
// configurations, on the unit scale of each parameter, so that log scales and steps hold. Pure
// functions. [any-thread]
//
// Sources: Deb, Agrawal 1995, "Simulated binary crossover for continuous search space" (Complex
// Systems 9); Deb, Goyal 1996, "A combined genetic adaptive search (GeneAS) for engineering design"
// (Computer Science and Informatics 26). Both within bounds, as in the authors' program for
// NSGA-II: the distribution is cut at the nearer end of the scale, so that no child lies outside.
//
// As with all configurations, conditions are looked at again, and what is bred is never a forbidden
// combination: after kAttempts (configuration_variation.hpp) it is the first parent unchanged, as
// Operator::kCopy.
#pragma once

#include "hashing/stream.hpp"
#include "search/space/configuration_space.hpp"
#include "search/variation/operator.hpp"

namespace equivolve::search {

struct RealCodedBreeding {
  static constexpr double kCrossoverIndex = 20;  ///< eta_c: the larger, the nearer to the parents
  static constexpr double kMutationIndex = 20;   ///< eta_m
};

/// One active parameter, and each other with probability 1 / (how many there are): numbers move, at
/// least by one value where values are counted; choices and booleans take another value.
Bred polynomial_mutation(GenomeView parent, const ConfigurationSpace& space,
                         hashing::Stream& stream);

/// One of the two children that parents have. Each number is crossed with probability 1/2, else it
/// is the first parent's; choices and booleans are either parent's. With `mutates` each parameter
/// is then mutated with probability 1 / (how many there are); one for sure where crossing changed
/// nothing.
Bred simulated_binary_crossover(GenomeView first, GenomeView second, bool mutates,
                                const ConfigurationSpace& space, hashing::Stream& stream);

}  // namespace equivolve::search
