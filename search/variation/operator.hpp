// How a candidate came to be.
#pragma once

#include <cstdint>
#include <string_view>

#include "search/genome/genome.hpp"

namespace equivolve::search {

/// Stored with each candidate: never renumber. Each representation has a range of its own.
enum class Operator : std::uint8_t {
  kRandom = 0,  ///< from nothing
  kCopy = 1,    ///< its parent unchanged
  kGiven = 8,   ///< given to begin with
  // program
  kChangeArgument = 2,  ///< one address redrawn, or one number x U[0.5, 2], sign flipped in 10 %
  kReplaceInstruction = 3,  ///< one instruction redrawn
  kRandomiseFunction = 4,   ///< one function redrawn, its length kept
  kInsertInstruction = 5,
  kRemoveInstruction = 6,
  kCrossover = 7,  ///< of two parents, where the representation has one way to cross
  // expression
  kPointMutation = 16,     ///< a token replaced by another of its arity
  kSubtreeMutation = 17,   ///< a subtree replaced by a random one
  kHoistMutation = 18,     ///< a subtree replaced by one of its own subtrees
  kPerturbConstants = 19,  ///< numbers moved
  kInsertOperation = 20,   ///< an operation put above a subtree
  // graph
  kChangeGraph = 32,  ///< edges flipped, operations redrawn
  // configuration
  kResampleParameter = 48,         ///< a parameter drawn anew
  kGaussianStep = 49,              ///< a parameter moved on its (log-)unit scale
  kUniformCrossover = 50,          ///< each parameter from either parent
  kBlendCrossover = 51,            ///< numbers from the interval around both parents'
  kSampleModel = 52,               ///< drawn from a model of what was told (tpe, cma_es)
  kGridPoint = 53,                 ///< the next point of a grid
  kSimulatedBinaryCrossover = 54,  ///< numbers near either parent's
  kPolynomialMutation = 55,        ///< parameters moved, far ones seldom
  // sequence
  kSubstituteToken = 64,
  kInsertToken = 65,
  kDeleteToken = 66,
  kOnePointCrossover = 67,
  kTwoPointCrossover = 68,
};
std::string_view operator_name(Operator op);  ///< "change_argument"; "" for none of these

/// A bred genome, and how it came to be.
struct Bred {
  Genome genome;
  Operator op = Operator::kRandom;
};

}  // namespace equivolve::search
