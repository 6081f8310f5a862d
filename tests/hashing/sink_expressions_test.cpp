// The claim of docs/hashing.md at small size: algebraically equal formulas in double arithmetic
// meet although their last bits differ; different ones do not.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>
#include <utility>

#include "hashing/stream.hpp"
#include "tests/hashing/sink_support.hpp"

namespace equivolve::hashing {
namespace {

constexpr int kVariables = 2;

struct Node;
using Tree = std::shared_ptr<const Node>;
struct Node {
  char op = 'c';  // '+', '-', '*', 'v' (variable), 'c' (constant)
  int variable = 0;
  double constant = 0;
  Tree left, right;
};

Tree combine(char op, Tree left, Tree right) {
  return std::make_shared<Node>(Node{op, 0, 0, std::move(left), std::move(right)});
}

double on_grid(Stream& stream) {
  return 0.1 * (static_cast<double>(stream.below(21)) - 10);
}

Tree random_tree(Stream& stream, int depth) {
  if (depth == 0 || stream.chance(0.15)) {
    if (stream.chance(0.8)) {
      return std::make_shared<Node>(
          Node{'v', static_cast<int>(stream.below(kVariables)), 0, nullptr, nullptr});
    }
    return std::make_shared<Node>(Node{'c', 0, on_grid(stream), nullptr, nullptr});
  }
  Tree left = random_tree(stream, depth - 1);
  Tree right = random_tree(stream, depth - 1);
  return combine("+-*"[stream.below(3)], std::move(left), std::move(right));
}

bool sum_like(const Tree& tree) {
  return tree->op == '+' || tree->op == '-';
}

// One algebraic law at random places: commute, associate, distribute, a - b = a + (-1) b.
Tree rewrite(Stream& stream, const Tree& tree) {
  if (tree->op == 'v' || tree->op == 'c') return tree;
  const Tree a = rewrite(stream, tree->left);
  const Tree b = rewrite(stream, tree->right);
  const char op = tree->op;
  switch (stream.below(4)) {
    case 0:
      if (op != '-') return combine(op, b, a);
      break;
    case 1:  // (p o q) o b = p o (q o b)
      if (op != '-' && a->op == op) return combine(op, a->left, combine(op, a->right, b));
      if (op == '-' && a->op == '-') return combine('-', a->left, combine('+', a->right, b));
      break;
    case 2:  // a (p +- q) = a p +- a q
      if (op == '*' && sum_like(b)) {
        return combine(b->op, combine('*', a, b->left), combine('*', a, b->right));
      }
      break;
    default:
      if (op == '-') {
        return combine('+', a, combine('*', std::make_shared<Node>(Node{'c', 0, -1, {}, {}}), b));
      }
  }
  return combine(op, a, b);
}

using Input = std::array<double, kVariables>;

// The value, and in `largest` the largest magnitude met on the way to it.
double evaluate(const Tree& tree, const Input& input, double& largest) {
  double value = 0;
  if (tree->op == 'v') {
    value = input[static_cast<std::size_t>(tree->variable)];
  } else if (tree->op == 'c') {
    value = tree->constant;
  } else {
    const double a = evaluate(tree->left, input, largest);
    const double b = evaluate(tree->right, input, largest);
    value = tree->op == '+' ? a + b : tree->op == '-' ? a - b : a * b;
  }
  largest = std::max(largest, std::abs(value));
  return value;
}

std::vector<Input> random_inputs(Stream& stream, std::size_t count) {
  std::vector<Input> inputs(count);
  for (Input& input : inputs) {
    for (double& value : input) value = on_grid(stream);
  }
  return inputs;
}

struct Outputs {
  std::vector<double> values;
  double largest_inside = 0;
  double largest() const {
    double most = 0;
    for (const double value : values) most = std::max(most, std::abs(value));
    return most;
  }
};

Outputs run(const Tree& tree, const std::vector<Input>& inputs) {
  Outputs outputs;
  for (const Input& input : inputs) {
    outputs.values.push_back(evaluate(tree, input, outputs.largest_inside));
  }
  return outputs;
}

// A formula that cancels altogether leaves nothing but rounding: its outputs have no scale to be
// read against.
bool cancels(const Outputs& outputs) {
  return outputs.largest() < 1e-9 * outputs.largest_inside;
}

// The grid of the published method, for comparison: each value's own exponent and its mantissa cut
// off after 24 bits.
std::vector<double> truncated(std::vector<double> group) {
  for (double& value : group) {
    int exponent = 0;
    const double mantissa = std::frexp(value, &exponent);
    value = std::ldexp(std::trunc(std::ldexp(mantissa, 25)), exponent);
  }
  return group;
}

class Expressions : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Outputs, Expressions, testing::Values(10, 100));

TEST_P(Expressions, AlgebraicallyEqualPairsAlwaysMeet) {
  constexpr int kPairs = 6000;
  Stream stream(8, Purpose::kTest, GetParam());
  const std::vector<Input> inputs = random_inputs(stream, GetParam());
  int pairs = 0;
  int other_bits = 0;
  int other_key = 0;
  int missed_by_truncation = 0;
  int missed = 0;
  while (pairs < kPairs) {
    const Tree tree = random_tree(stream, 4);
    Tree spelling = tree;
    for (int i = 0; i < 3; ++i) spelling = rewrite(stream, spelling);
    const Outputs a = run(tree, inputs);
    const Outputs b = run(spelling, inputs);
    if (cancels(a) || cancels(b)) continue;
    ++pairs;
    const ProbeDigest founder = probe_values(a.values);
    const ProbeDigest newcomer = probe_values(b.values);
    other_bits += values(a.values, kExact) != values(b.values, kExact) ? 1 : 0;
    other_key += founder.key != newcomer.key ? 1 : 0;
    missed_by_truncation += truncated(a.values) != truncated(b.values) ? 1 : 0;
    missed += meet(newcomer, founder) ? 0 : 1;
  }
  EXPECT_EQ(missed, 0);
  // The pairs are no easy ones: many differ in their bits, a cell relative to each value misses
  // some, and so would this grid without the look-ups near an edge.
  EXPECT_GT(other_bits, kPairs / 4);
  EXPECT_GT(missed_by_truncation, kPairs / 200);
  EXPECT_GT(other_key, 0);
  RecordProperty("other_bits", other_bits);
  RecordProperty("missed_by_truncation", missed_by_truncation);
  RecordProperty("missed_without_alternatives", other_key);
}

TEST_P(Expressions, DifferentOnesNeverMeet) {
  constexpr int kFormulas = 1500;
  Stream stream(9, Purpose::kTest, GetParam());
  const std::vector<Input> inputs = random_inputs(stream, GetParam());
  // Other inputs decide which formulas are truly different.
  const std::vector<Input> judge = random_inputs(stream, 40);
  std::vector<std::pair<ProbeDigest, Outputs>> formulas;
  int wrong = 0;
  int different = 0;
  for (int i = 0; i < kFormulas; ++i) {
    const Tree tree = random_tree(stream, 3);
    const ProbeDigest digest = probe_values(run(tree, inputs).values);
    const Outputs judged = run(tree, judge);
    for (const auto& [other_digest, other] : formulas) {
      double gap = 0;
      for (std::size_t k = 0; k < judge.size(); ++k) {
        gap = std::max(gap, std::abs(judged.values[k] - other.values[k]));
      }
      if (gap < 1e-6) continue;
      ++different;
      wrong += finds(digest, other_digest) ? 1 : 0;
    }
    formulas.emplace_back(digest, judged);
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(different, kFormulas * kFormulas / 4);
}

}  // namespace
}  // namespace equivolve::hashing
