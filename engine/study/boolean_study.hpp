// Boolean expressions over 2 and 3 inputs, probed on all inputs: classes of the functional hash
// against truth tables.
#pragma once

#include <cstdint>

#include "engine/study/study.hpp"
#include "search/genome/expression.hpp"

namespace equivolve::study {

/// What an expression of and, or, not and xor over `inputs` <= 5 inputs computes, by operations on
/// bits and nothing that the engine probes with: bit r is its value where input i is bit i of r.
std::uint32_t truth_table(search::ExpressionView expression, std::uint32_t inputs);

struct BooleanCounts {
  std::uint64_t expressions = 0;           ///< hashed
  std::uint64_t truth_tables = 0;          ///< different ones among them
  std::uint64_t classes = 0;               ///< of the cache
  std::uint64_t merged_but_different = 0;  ///< expressions put to one of another truth table
  std::uint64_t equal_but_apart = 0;       ///< expressions apart from the first of their table
};

/// `random` random expressions, and every operation applied to every choice of one expression a
/// function found so far, until no function is new: so all are reached.
BooleanCounts count_boolean_classes(std::uint32_t inputs, std::uint64_t random, std::uint64_t seed);

StudyResult boolean_study(const StudySettings& settings);

}  // namespace equivolve::study
