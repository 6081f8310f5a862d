// Breeding in any space. Pure functions of their arguments and the stream. [any-thread] Each
// representation offers them for its own space (program_variation.hpp, ...).
#pragma once

#include "hashing/stream.hpp"
#include "search/space/space.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::search {

/// A candidate from nothing. It lies in the space, as all that is bred does.
Genome random_genome(const Space& space, hashing::Stream& stream);

/// One mutation of a genome of this space, chosen by weight; the result may equal it where nothing
/// can change.
Bred mutate_genome(GenomeView parent, const Space& space, hashing::Stream& stream,
                   const OperatorWeights& weights = usual_weights());

/// Of two genomes of this space.
Bred cross_genomes(GenomeView first, GenomeView second, const Space& space, hashing::Stream& stream,
                   const OperatorWeights& weights = usual_weights());

/// One after the other. The operator is that of the crossover; of the mutation where crossing
/// changed nothing.
Bred cross_and_mutate(GenomeView first, GenomeView second, const Space& space,
                      hashing::Stream& stream, const OperatorWeights& weights = usual_weights());

}  // namespace equivolve::search
