// Random graphs, their mutation and crossover. Pure functions of their arguments and the stream.
// [any-thread] Source of the mutation: Ying et al. 2019, "NAS-Bench-101" (arXiv 1902.09635) and the
// regularized evolution published with it: each possible edge is flipped with probability
// 1/vertices, each vertex between input and output gets another operation with probability
// 1/(vertices - 2).
//
// Draws that give no graph of the space are drawn again, a bounded number of times; what is taken
// then is said at each function.
#pragma once

#include "hashing/stream.hpp"
#include "search/space/graph_space.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::search {

/// Each edge with probability 1/2, or less where max_edges is below half of all pairs: so that
/// max_edges are expected; operations uniform. When 64 draws in a row are not valid: a chain from
/// the input to the output over a random number of random vertices.
Graph random_graph(const GraphSpace& space, hashing::Stream& stream);

// The same for genomes, as every representation offers it; variation.hpp says what each is for.
Genome random_genome(const GraphSpace& space, hashing::Stream& stream);

/// Redrawn until valid and different from the parent. After 32 draws in vain (large graphs at their
/// limit of edges: most mutants pass it), single steps are tried 64 times: one edge flipped or one
/// operation changed. Where that fails too, the parent is copied (Operator::kCopy).
Bred mutate_genome(GenomeView parent, const GraphSpace& space, hashing::Stream& stream,
                   const OperatorWeights& weights = usual_weights());

/// Each edge, or its absence, and each operation from either parent with equal probability; redrawn
/// until valid. After 32 draws in vain, the first parent is copied (Operator::kCopy).
Bred cross_genomes(GenomeView first, GenomeView second, const GraphSpace& space,
                   hashing::Stream& stream, const OperatorWeights& weights = usual_weights());

}  // namespace equivolve::search
