// Which expressions a search may look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/genome/expression.hpp"

namespace equivolve::search {

struct ExpressionSpace {
  std::vector<std::string> inputs;       ///< names, no two alike; 1..65535
  std::vector<ExpressionOp> operations;  ///< ascending, no duplicates; not empty
  bool constants = true;                 ///< whether numbers may stand in a formula
  /// Numbers of random expressions are drawn uniformly from [-constant_range, constant_range];
  /// variation (and fitting) may move them beyond.
  double constant_range = 5;
  std::uint32_t max_size = 40;   ///< tokens, 1..kMostExpressionTokens
  std::uint32_t max_depth = 10;  ///< levels of operations, 0..kMostExpressionDepth
  /// Of random expressions: from low to high in turn ("ramped"); low <= high <= max_depth.
  std::uint32_t initial_depth_low = 2;
  std::uint32_t initial_depth_high = 6;
  bool operator==(const ExpressionSpace&) const = default;
};

// What every representation offers, here for expressions; space.hpp says what each is for.

/// Also refused: operations and numbers that the space does not have, more than max_size tokens,
/// more than max_depth levels.
tl::expected<void, Error> check_genome(GenomeView flat, const ExpressionSpace& space);
std::string genome_text(GenomeView flat, const ExpressionSpace& space);
tl::expected<Genome, Error> parse_genome(std::string_view text, const ExpressionSpace& space);
/// The tokens with the operands of commutative operations in one order: a + b is b + a. Not more:
/// (a + b) + c and a + (b + c) round differently.
std::vector<std::byte> structural_bytes(GenomeView flat, const ExpressionSpace& space);
/// The same into `bytes`, whose memory is used again.
void structural_bytes(ExpressionView expression, std::vector<std::byte>& bytes);

}  // namespace equivolve::search
