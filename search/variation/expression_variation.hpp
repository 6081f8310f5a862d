// Random expressions, their mutations and crossover. Pure functions of their arguments and the
// stream. [any-thread] Sources: Koza 1992, "Genetic Programming", sections 6.2 (ramped
// half-and-half) and 6.4 (crossover: 9 in 10 of its points are operations); Poli, Langdon, McPhee
// 2008, "A Field Guide to Genetic Programming", sections 2.2 and 5.2 (subtree, point, hoist,
// constants).
//
// Everything bred lies within max_size and max_depth: a new subtree is grown within what its place
// leaves it; insertion and crossover draw their places anew, at most 8 times, where the child would
// be too large, and then the parent is handed on (kCopy).
#pragma once

#include "hashing/stream.hpp"
#include "search/space/expression_space.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::search {

/// Ramped half-and-half: a depth limit uniform in the space's initial depths; with even odds every
/// branch reaches it ("full") or may end before ("grow": each token below the root uniform over
/// leaves and operations, leaves at most every other time). Where a tree would pass max_size,
/// branches end early: the operands of an operation share what is left evenly.
/// Leaves: a constant with probability 1 / (inputs + 1), at least 0.2; else an input, uniform.
Genome random_genome(const ExpressionSpace& space, hashing::Stream& stream);

/// One of, by weight among those the parent allows (where none is left, a copy):
///   2  subtree    a token's subtree, drawn as by crossover, replaced by a grown one of a depth up
///                 to 2 more than its own
///   2  point      one token replaced by another of its arity (a constant by an input or a new one)
///   2  constants  with even odds one number or all: each x U[0.5, 2], or with even odds moved by a
///                 Gaussian step of constant_range / 20; its sign flipped in 2 %
///   1  insertion  a new operation over a token's subtree; its other operands are leaves
///   1  hoist      a subtree replaced by one of those within it
Bred mutate_genome(GenomeView parent, const ExpressionSpace& space, hashing::Stream& stream,
                   const OperatorWeights& weights = usual_weights());

/// A subtree of the first replaced by one of the second's.
Bred cross_genomes(GenomeView first, GenomeView second, const ExpressionSpace& space,
                   hashing::Stream& stream, const OperatorWeights& weights = usual_weights());

}  // namespace equivolve::search
