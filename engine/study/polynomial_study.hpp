// How often the functional hash misses that two formulas are one polynomial, and how often it takes
// two for one, by grid, mantissa bits, number of outputs and arithmetic.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/study/polynomial_pairs.hpp"
#include "engine/study/study.hpp"
#include "hashing/sink.hpp"

namespace equivolve::study {

/// One way of comparing outputs.
struct Comparison {
  hashing::GridKind grid = hashing::GridKind::kScaled;
  bool in_float = false;  ///< both formulas computed in float, else in double
  std::size_t outputs = 1;
  int mantissa_bits = 24;
  bool roots = true;  ///< every tenth probe at a root of the first; else those are left out
};

/// All that the study tries.
std::vector<Comparison> all_comparisons();

/// Relative changes of a coefficient in the pairs that differ: those that a search may care about,
/// and smaller ones, in ranges of a hundredfold, that show where a grid's resolution ends.
inline constexpr double kPlainChange[2] = {1e-2, 1};
inline constexpr std::size_t kSmallRanges = 5;
inline constexpr std::array<double, kSmallRanges + 1> kSmallChanges = {1e-12, 1e-10, 1e-8,
                                                                       1e-6,  1e-4,  1e-2};

struct PolynomialCounts {
  std::uint64_t equal = 0, missed = 0;     ///< pairs that are equal; of them, told apart
  std::uint64_t different = 0, wrong = 0;  ///< pairs changed by kPlainChange; of them, merged
  std::array<std::uint64_t, kSmallRanges> small{}, small_merged{};
};

struct PolynomialFindings {
  std::vector<Comparison> comparisons;   ///< all_comparisons()
  std::vector<PolynomialCounts> counts;  ///< of each
  std::uint64_t other_bits = 0;  ///< equal pairs of whose 1000 outputs in double some bit differs
};

/// Half of the pairs equal, a quarter changed by kPlainChange, a quarter by kSmallChanges. Whether
/// two meet is decided as a run decides it: by the cache's look-up of the second.
PolynomialFindings compare_polynomials(std::uint64_t pairs, const StudySettings& settings);

StudyResult polynomial_study(const StudySettings& settings);

}  // namespace equivolve::study
