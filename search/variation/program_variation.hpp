// Random programs, their mutations and crossover. Pure functions of their arguments and the stream.
// [any-thread] Source: Real et al. 2020, "AutoML-Zero" (arXiv 2003.03384), section 3.1 and
// supplementary section S1.
#pragma once

#include <cstdint>
#include <string_view>

#include "hashing/stream.hpp"
#include "search/space/program_space.hpp"

namespace equivolve::search {

/// How a candidate came to be. Stored with it: never renumber.
enum class Operator : std::uint8_t {
  kRandom = 0,          ///< from nothing
  kCopy = 1,            ///< its parent unchanged
  kChangeArgument = 2,  ///< one address redrawn, or one number x U[0.5, 2], sign flipped in 10 %
  kReplaceInstruction = 3,  ///< one instruction redrawn
  kRandomiseFunction = 4,   ///< one function redrawn, its length kept
  kInsertInstruction = 5,
  kRemoveInstruction = 6,
  kCrossover = 7,  ///< each function: head of one parent, tail of the other
};
std::string_view operator_name(Operator op);

/// Lengths are initial_length, operations and addresses uniform, constants uniform in
/// [-constant_range, constant_range].
Program random_program(const ProgramSpace& space, hashing::Stream& stream);

struct Varied {
  Program program;
  Operator op = Operator::kRandom;
};

/// One mutation, drawn with equal weight among those that some function allows; removal weighs
/// twice where lengths vary (so that programs do not grow for nothing). The result lies within the
/// space when `parent` does.
Varied mutate(Program parent, const ProgramSpace& space, hashing::Stream& stream);

/// One-point crossover in each function; its length is the second parent's, so it lies within any
/// space that both do.
Program crossover(const Program& first, const Program& second, hashing::Stream& stream);

}  // namespace equivolve::search
