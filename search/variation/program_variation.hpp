// Random programs, their mutations and crossover. Pure functions of their arguments and the stream.
// [any-thread] Source: Real et al. 2020, "AutoML-Zero" (arXiv 2003.03384), section 3.1 and
// supplementary section S1.
#pragma once

#include "hashing/stream.hpp"
#include "search/space/program_space.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::search {

/// Lengths are initial_length, operations and addresses uniform, constants uniform in
/// [-constant_range, constant_range].
Program random_program(const ProgramSpace& space, hashing::Stream& stream);

struct VariedProgram {
  Program program;
  Operator op = Operator::kRandom;
};

/// One mutation, drawn by weight among those that some function allows: each weighs 1 but removal,
/// which weighs 2 (so that programs do not grow for nothing). Where none is left, a copy. The
/// result lies within the space when `parent` does.
VariedProgram mutate(const Program& parent, const ProgramSpace& space, hashing::Stream& stream,
                     const OperatorWeights& weights = usual_weights());

/// One-point crossover in each function; its length is the second parent's, so it lies within any
/// space that both do.
Program crossover(const Program& first, const Program& second, hashing::Stream& stream);

// The same for genomes, as every representation offers it; variation.hpp says what each is for.
Genome random_genome(const ProgramSpace& space, hashing::Stream& stream);
Bred mutate_genome(GenomeView parent, const ProgramSpace& space, hashing::Stream& stream,
                   const OperatorWeights& weights = usual_weights());
Bred cross_genomes(GenomeView first, GenomeView second, const ProgramSpace& space,
                   hashing::Stream& stream, const OperatorWeights& weights = usual_weights());

}  // namespace equivolve::search
