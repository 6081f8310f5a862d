#include "search/variation/expression_variation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace equivolve::search {
namespace {

using hashing::Stream;
using ExpressionToken = eqv_expression_token;

constexpr double kLeastConstantShare = 0.2;
constexpr double kMostLeafShare = 0.5;
constexpr double kOperationShare = 0.9;  // of the points of crossover
constexpr double kFlipProbability = 0.02;
constexpr double kStepsInRange = 20;
constexpr std::uint32_t kDeeperBy = 2;
constexpr int kExpressionRedraws = 8;
/// No genome may hold a number that is not finite.
constexpr double kLargestConstant = 1e300;

/// What tokens of a space are drawn from: operations in the order of their arity.
class ExpressionAlphabet {
 public:
  explicit ExpressionAlphabet(const ExpressionSpace& space) : space_(space) {
    for (std::size_t arity = 1; arity <= kMostOperands; ++arity) {
      for (ExpressionOp op : space.operations)
        if (expression_op_info(op).arity == arity) operations_[up_to_[arity]++] = op;
      if (arity < kMostOperands) up_to_[arity + 1] = up_to_[arity];
    }
    const auto inputs = static_cast<double>(space.inputs.size());
    constant_share_ = space.constants ? std::max(1 / (inputs + 1), kLeastConstantShare) : 0;
    const double leaves = inputs + (space.constants ? 1 : 0);
    leaf_share_ =
        std::min(leaves / (leaves + static_cast<double>(space.operations.size())), kMostLeafShare);
  }

  double leaf_share() const { return leaf_share_; }
  bool has_operation(std::size_t most_operands) const {
    return up_to_[std::min(most_operands, kMostOperands)] > 0;
  }
  /// has_operation(most_operands).
  ExpressionOp operation(std::size_t most_operands, Stream& stream) const {
    return operations_[stream.below(up_to_[std::min(most_operands, kMostOperands)])];
  }
  ExpressionToken constant(Stream& stream) const {
    return constant_token(stream.uniform(-space_.constant_range, space_.constant_range));
  }
  ExpressionToken leaf(Stream& stream) const {
    if (constant_share_ > 0 && stream.chance(constant_share_)) return constant(stream);
    return input_token(static_cast<std::uint16_t>(stream.below(space_.inputs.size())));
  }
  /// Replaces the token by another of its arity; false where there is none.
  bool replace(ExpressionToken& token, Stream& stream) const {
    if (const std::uint8_t arity = arity_of(token); arity > 0)
      return replace_operation(token, arity, stream);
    const bool is_input = op_of(token) == ExpressionOp::kInput;
    const std::size_t others = space_.inputs.size() - (is_input ? 1 : 0);
    if (others == 0 && !space_.constants) return false;
    if (others == 0 || (space_.constants && stream.chance(constant_share_))) {
      token = constant(stream);
      return true;
    }
    auto input = static_cast<std::uint16_t>(stream.below(others));
    if (is_input && input >= token.input) ++input;
    token = input_token(input);
    return true;
  }

 private:
  bool replace_operation(ExpressionToken& token, std::size_t arity, Stream& stream) const {
    const ExpressionOp* first = operations_.data() + up_to_[arity - 1];
    const ExpressionOp* last = operations_.data() + up_to_[arity];
    if (last - first < 2) return false;
    const ExpressionOp* drawn = first + stream.below(static_cast<std::uint64_t>(last - first - 1));
    const auto* own = std::find(first, last, op_of(token));
    token = operation_token(drawn < own ? *drawn : drawn[1]);
    return true;
  }

  const ExpressionSpace& space_;
  std::array<ExpressionOp, kExpressionOpCount> operations_{};
  std::array<std::size_t, kMostOperands + 1> up_to_{};  // how many take at most that many operands
  double constant_share_ = 0;
  double leaf_share_ = 0;
};

/// Tokens being written, on the stack: a child is bred in less time than a few allocations take.
class ExpressionSprout {
 public:
  ExpressionSprout(const ExpressionAlphabet& alphabet, Stream& stream)
      : alphabet_(alphabet), stream_(stream) {}

  ExpressionView tokens() const { return {tokens_.data(), size_}; }
  void put(const ExpressionToken& token) { tokens_[size_++] = token; }

  /// A tree of at most `levels` levels and `room` tokens (at least 1), after what is there.
  void grow(std::uint32_t levels, std::size_t room, bool full) {
    const std::size_t most_operands = room - 1;
    if (levels == 0 || !alphabet_.has_operation(most_operands)) {
      put(alphabet_.leaf(stream_));
      return;
    }
    const ExpressionOp op = alphabet_.operation(most_operands, stream_);
    const std::size_t before = size_;
    const std::size_t arity = expression_op_info(op).arity;
    for (std::size_t k = 0; k < arity; ++k) {
      const std::size_t share = (room - 1 - (size_ - before)) / (arity - k);
      const bool ends = !full && stream_.chance(alphabet_.leaf_share());
      grow(ends ? 0 : levels - 1, share, full);
    }
    put(operation_token(op));
  }

 private:
  const ExpressionAlphabet& alphabet_;
  Stream& stream_;
  std::array<ExpressionToken, kMostExpressionTokens> tokens_;
  std::size_t size_ = 0;
};

/// `parent` with the tokens [first, last) replaced.
Genome spliced_expression(ExpressionView parent, std::size_t first, std::size_t last,
                          ExpressionView by) {
  Genome child{Representation::kExpression, {}};
  child.flat.reserve((parent.size() - (last - first) + by.size()) * sizeof(ExpressionToken));
  const auto append = [&](ExpressionView tokens) {
    const auto* bytes = reinterpret_cast<const std::byte*>(tokens.data());
    child.flat.insert(child.flat.end(), bytes, bytes + tokens.size_bytes());
  };
  append(parent.first(first));
  append(by);
  append(parent.subspan(last));
  return child;
}

/// The place of the n-th token (from 0) that is, or is not, an operation.
std::size_t nth_expression_token(ExpressionView expression, std::size_t n, bool operation) {
  for (std::size_t at = 0;; ++at)
    if ((arity_of(expression[at]) > 0) == operation && n-- == 0) return at;
}

std::size_t operations_in(ExpressionView expression) {
  return static_cast<std::size_t>(
      std::count_if(expression.begin(), expression.end(),
                    [](const ExpressionToken& t) { return arity_of(t) > 0; }));
}

std::size_t draw_expression_point(ExpressionView expression, Stream& stream) {
  // Sorted without a branch for each token, of which no one could tell where it goes.
  std::array<std::uint16_t, kMostExpressionTokens> operations, leaves;
  std::size_t count = 0;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    operations[count] = leaves[at - count] = static_cast<std::uint16_t>(at);
    count += arity_of(expression[at]) > 0 ? 1 : 0;
  }
  if (count > 0 && stream.chance(kOperationShare)) return operations[stream.below(count)];
  return leaves[stream.below(expression.size() - count)];
}

/// A subtree: its tokens are [start, root].
struct ExpressionSubtree {
  std::size_t start, root;
  std::size_t size() const { return root + 1 - start; }
  ExpressionView of(ExpressionView expression) const { return expression.subspan(start, size()); }
};
ExpressionSubtree subtree_at(ExpressionView expression, std::size_t root) {
  return {subtree_start(expression, root), root};
}

// ---- mutations. Each gives the child, or the parent where nothing can change.

Bred copied_expression(ExpressionView parent) {
  return {to_genome(parent), Operator::kCopy};
}

Bred mutate_subtree(ExpressionView parent, const ExpressionSpace& space,
                    const ExpressionAlphabet& alphabet, Stream& stream) {
  const ExpressionSubtree old = subtree_at(parent, draw_expression_point(parent, stream));
  const std::uint32_t most = std::min(space.max_depth - level_of(parent, old.root),
                                      expression_depth(old.of(parent)) + kDeeperBy);
  const auto levels = static_cast<std::uint32_t>(stream.below(std::uint64_t{most} + 1));
  ExpressionSprout sprout(alphabet, stream);
  sprout.grow(levels, space.max_size - (parent.size() - old.size()), false);
  return {spliced_expression(parent, old.start, old.root + 1, sprout.tokens()),
          Operator::kSubtreeMutation};
}

Bred mutate_expression_point(ExpressionView parent, const ExpressionAlphabet& alphabet,
                             Stream& stream) {
  for (int draw = 0; draw < kExpressionRedraws; ++draw) {
    const std::size_t at = stream.below(parent.size());
    ExpressionToken token = parent[at];
    if (alphabet.replace(token, stream))
      return {spliced_expression(parent, at, at + 1, {&token, 1}), Operator::kPointMutation};
  }
  return copied_expression(parent);
}

double perturbed_constant(double value, const ExpressionSpace& space, Stream& stream) {
  if (stream.chance(0.5))
    value *= stream.uniform(0.5, 2.0);
  else
    value += space.constant_range / kStepsInRange * stream.gaussian();
  if (stream.chance(kFlipProbability)) value = -value;
  return std::clamp(value, -kLargestConstant, kLargestConstant);
}

Bred perturb_constants(ExpressionView parent, std::size_t constants, const ExpressionSpace& space,
                       Stream& stream) {
  Bred child{to_genome(parent), Operator::kPerturbConstants};
  const bool all = stream.chance(0.5);
  const std::size_t chosen = all ? 0 : stream.below(constants);
  auto* token = reinterpret_cast<ExpressionToken*>(child.genome.flat.data());
  std::size_t seen = 0;
  for (std::size_t i = 0; i < parent.size(); ++i, ++token) {
    if (op_of(*token) != ExpressionOp::kConstant) continue;
    if (all || seen == chosen) token->value = perturbed_constant(token->value, space, stream);
    ++seen;
  }
  return child;
}

Bred insert_expression_operation(ExpressionView parent, const ExpressionSpace& space,
                                 const ExpressionAlphabet& alphabet, Stream& stream) {
  for (int draw = 0; draw < kExpressionRedraws; ++draw) {
    const ExpressionSubtree under = subtree_at(parent, stream.below(parent.size()));
    if (level_of(parent, under.root) + 1 + expression_depth(under.of(parent)) > space.max_depth)
      continue;
    const ExpressionOp op = alphabet.operation(space.max_size - parent.size(), stream);
    const std::size_t arity = expression_op_info(op).arity, place = stream.below(arity);
    ExpressionSprout sprout(alphabet, stream);
    for (std::size_t k = 0; k < arity; ++k) {
      if (k != place)
        sprout.put(alphabet.leaf(stream));
      else
        for (const ExpressionToken& token : under.of(parent)) sprout.put(token);
    }
    sprout.put(operation_token(op));
    return {spliced_expression(parent, under.start, under.root + 1, sprout.tokens()),
            Operator::kInsertOperation};
  }
  return copied_expression(parent);
}

Bred hoist_expression(ExpressionView parent, std::size_t operations, Stream& stream) {
  const ExpressionSubtree old =
      subtree_at(parent, nth_expression_token(parent, stream.below(operations), true));
  const ExpressionSubtree kept = subtree_at(parent, old.start + stream.below(old.size() - 1));
  return {spliced_expression(parent, old.start, old.root + 1, kept.of(parent)),
          Operator::kHoistMutation};
}

}  // namespace

Genome random_genome(const ExpressionSpace& space, Stream& stream) {
  const ExpressionAlphabet alphabet(space);
  const std::uint64_t ramp = space.initial_depth_high - space.initial_depth_low + 1;
  const auto levels = static_cast<std::uint32_t>(space.initial_depth_low + stream.below(ramp));
  const bool full = stream.chance(0.5);
  ExpressionSprout sprout(alphabet, stream);
  sprout.grow(levels, space.max_size, full);
  return to_genome(sprout.tokens());
}

Bred mutate_genome(GenomeView flat, const ExpressionSpace& space, Stream& stream,
                   const OperatorWeights& weights) {
  const ExpressionView parent = *view_expression(flat);  // bred here, so it is one
  const ExpressionAlphabet alphabet(space);
  const std::size_t operations = operations_in(parent);
  const auto constants = static_cast<std::size_t>(
      std::count_if(parent.begin(), parent.end(),
                    [](const ExpressionToken& t) { return op_of(t) == ExpressionOp::kConstant; }));
  const bool grows =
      parent.size() < space.max_size && alphabet.has_operation(space.max_size - parent.size());

  OperatorDraw choices(weights);
  choices.offer(Operator::kSubtreeMutation);
  choices.offer(Operator::kPointMutation);
  if (constants > 0) choices.offer(Operator::kPerturbConstants);
  if (grows) choices.offer(Operator::kInsertOperation);
  if (operations > 0) choices.offer(Operator::kHoistMutation);
  if (choices.is_empty()) return copied_expression(parent);
  switch (choices.draw(stream)) {
    case Operator::kSubtreeMutation:
      return mutate_subtree(parent, space, alphabet, stream);
    case Operator::kPointMutation:
      return mutate_expression_point(parent, alphabet, stream);
    case Operator::kPerturbConstants:
      return perturb_constants(parent, constants, space, stream);
    case Operator::kInsertOperation:
      return insert_expression_operation(parent, space, alphabet, stream);
    case Operator::kHoistMutation:
      return hoist_expression(parent, operations, stream);
    default:
      return copied_expression(parent);
  }
}

Bred cross_genomes(GenomeView first_flat, GenomeView second_flat, const ExpressionSpace& space,
                   Stream& stream, const OperatorWeights& /*weights*/) {
  const ExpressionView first = *view_expression(first_flat), second = *view_expression(second_flat);
  for (int draw = 0; draw < kExpressionRedraws; ++draw) {
    const ExpressionSubtree old = subtree_at(first, draw_expression_point(first, stream));
    const ExpressionSubtree given = subtree_at(second, draw_expression_point(second, stream));
    if (first.size() - old.size() + given.size() > space.max_size ||
        level_of(first, old.root) + expression_depth(given.of(second)) > space.max_depth)
      continue;
    return {spliced_expression(first, old.start, old.root + 1, given.of(second)),
            Operator::kCrossover};
  }
  return copied_expression(first);
}

}  // namespace equivolve::search
