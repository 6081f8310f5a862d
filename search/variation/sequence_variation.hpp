// Random sequences, their mutations and crossovers. Pure functions of their arguments and the
// stream. [any-thread] All that is bred has a length that the space allows.
#pragma once

#include "hashing/stream.hpp"
#include "search/space/sequence_space.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::search {

// For genomes, as every representation offers it; variation.hpp says what each is for.

/// initial_length tokens, each uniform over the alphabet.
Genome random_genome(const SequenceSpace& space, hashing::Stream& stream);

/// One of these, of those that the space allows; the parent (Operator::kCopy) where it allows none:
///   substitution, weight 2  each token becomes another symbol with probability 1/length, redrawn
///                           until one does
///   insertion, weight 1     one token, uniform over the alphabet, at a uniform place
///   deletion, weight 1      of one token
Bred mutate_genome(GenomeView parent, const SequenceSpace& space, hashing::Stream& stream,
                   const OperatorWeights& weights = usual_weights());

/// One or two points, with equal weight. Both parents are cut at the same places, so tokens
/// keep their positions and the child has the length of one of them: of the second with one point
/// (the first's head, the second's tail), of the first with two (its head and tail, the second's
/// middle). Points are uniform among those that leave no piece empty; where there is no room for
/// two, one is cut (with that switched off the child is the first's copy); where the second parent
/// has one token only, the child is the first's first token.
Bred cross_genomes(GenomeView first, GenomeView second, const SequenceSpace& space,
                   hashing::Stream& stream, const OperatorWeights& weights = usual_weights());

}  // namespace equivolve::search
