#include "search/variation/operator_weights.hpp"

#include <set>

#include <gtest/gtest.h>

#include "search/variation/variation.hpp"
#include "tests/search/support/configurations.hpp"
#include "tests/search/support/expressions.hpp"
#include "tests/search/support/graphs.hpp"
#include "tests/search/support/programs.hpp"
#include "tests/search/support/sequences.hpp"
#include "tests/search/support/shares.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using test::expect_share;
using Given = std::map<Operator, double>;

const std::vector<Space>& spaces() {
  static const std::vector<Space> all{test::wide_space(), test::every_operation_space(),
                                      GraphSpace{7, 9, {"a", "b", "c"}}, test::rich_space(),
                                      SequenceSpace{{"A", "C", "G", "T"}, 4, 12, 8}};
  return all;
}

std::vector<WeightedOperator> operators_of(const Space& space, OperatorKind kind) {
  std::vector<WeightedOperator> all;
  for (const WeightedOperator& one : weighted_operators())
    if (one.representation == representation_of(space) && one.kind == kind) all.push_back(one);
  return all;
}

/// Children of random parents.
std::vector<Bred> children(const Space& space, OperatorKind kind, const OperatorWeights& weights,
                           int count = 400) {
  std::vector<Bred> all;
  Stream parents(3, Purpose::kTest, 1), stream(3, Purpose::kTest, 2);
  for (int i = 0; i < count; ++i) {
    const Genome first = random_genome(space, parents), second = random_genome(space, parents);
    all.push_back(kind == OperatorKind::kMutation
                      ? mutate_genome(first.flat, space, stream, weights)
                      : cross_genomes(first.flat, second.flat, space, stream, weights));
  }
  return all;
}

void expect_same(const std::vector<Bred>& a, const std::vector<Bred>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].op, b[i].op) << i;
    ASSERT_EQ(a[i].genome, b[i].genome) << i;
  }
}

constexpr OperatorKind kKinds[] = {OperatorKind::kMutation, OperatorKind::kCrossover};

TEST(OperatorWeights, NameEveryOperatorThatBreedsFromParents) {
  for (const Space& space : spaces())
    for (const OperatorKind kind : kKinds) {
      std::set<Operator> known{Operator::kCopy};
      for (const WeightedOperator& one : operators_of(space, kind)) known.insert(one.op);
      for (const bool real_coded : {false, true})
        for (const Bred& child : children(space, kind, OperatorWeights({}, real_coded)))
          ASSERT_TRUE(known.contains(child.op)) << operator_name(child.op);
    }
}

TEST(OperatorWeights, ThatMeanTheSameBreedTheSame) {
  for (const Space& space : spaces())
    for (const OperatorKind kind : kKinds)
      for (const bool real_coded : {false, true}) {
        const auto expected = children(space, kind, OperatorWeights({}, real_coded));
        for (const double factor : {1.0, 0.1, 7.0, 1e5}) {
          Given given;
          for (const WeightedOperator& one : operators_of(space, kind))
            given[one.op] = factor * (real_coded ? one.real_coded : one.usual);
          expect_same(children(space, kind, OperatorWeights(given, real_coded)), expected);
        }
      }
}

TEST(OperatorWeights, SwitchOff) {
  for (const Space& space : spaces())
    for (const OperatorKind kind : kKinds)
      for (const WeightedOperator& only : operators_of(space, kind)) {
        Given given;
        for (const WeightedOperator& one : operators_of(space, kind)) given[one.op] = 0;
        given[only.op] = 0.5;
        int bred = 0;
        for (const Bred& child : children(space, kind, OperatorWeights(given, false))) {
          ASSERT_TRUE(child.op == only.op || child.op == Operator::kCopy)
              << operator_name(child.op) << " instead of " << operator_name(only.op);
          ASSERT_TRUE(check_genome(child.genome.flat, space));
          bred += child.op == only.op ? 1 : 0;
        }
        EXPECT_GT(bred, 100) << operator_name(only.op);
      }
}

TEST(OperatorWeights, AreTheOddsOfEachOperator) {
  const Space space = SequenceSpace{{"A", "C"}, 4, 12, 8};
  const OperatorWeights weights({{Operator::kSubstituteToken, 1},
                                 {Operator::kInsertToken, 0.5},
                                 {Operator::kDeleteToken, 2.5},
                                 {Operator::kTwoPointCrossover, 3}},
                                false);
  std::map<Operator, int> counts;
  for (const OperatorKind kind : kKinds)
    for (const Bred& child : children(space, kind, weights, 20'000)) ++counts[child.op];
  expect_share(counts[Operator::kSubstituteToken], 20'000, 0.25, "substitutions");
  expect_share(counts[Operator::kInsertToken], 20'000, 0.125, "insertions");
  expect_share(counts[Operator::kDeleteToken], 20'000, 0.625, "deletions");
  expect_share(counts[Operator::kTwoPointCrossover], 20'000, 0.75, "two points");
}

// Operators that are another algorithm's by default may be mixed in.
TEST(OperatorWeights, MixBothWaysToBreedNumbers) {
  const Space space = test::made({test::number("x", 0, 1), test::number("y", 0, 1)});
  const OperatorWeights weights(
      {{Operator::kPolynomialMutation, 4}, {Operator::kSimulatedBinaryCrossover, 2}}, false);
  std::map<Operator, int> counts;
  for (const OperatorKind kind : kKinds)
    for (const Bred& child : children(space, kind, weights, 20'000)) ++counts[child.op];
  expect_share(counts[Operator::kPolynomialMutation], 20'000, 0.5, "polynomial");
  expect_share(counts[Operator::kGaussianStep], 20'000, 0.375, "steps");
  expect_share(counts[Operator::kBlendCrossover], 20'000, 0.25, "blend");
  Stream stream(4, Purpose::kTest, 0);
  for (int i = 0; i < 2000; ++i) {
    const Genome first = random_genome(space, stream), second = random_genome(space, stream);
    const Bred child = cross_and_mutate(first.flat, second.flat, space, stream, weights);
    ASSERT_TRUE(check_genome(child.genome.flat, space));
  }
}

// Without it choices cannot be changed: numbers are chosen then.
TEST(OperatorWeights, LeaveChoicesAloneWithoutResampling) {
  const ConfigurationSpace space =
      test::made({test::choice("kind", {"a", "b", "c"}), test::number("x", 0, 1)});
  const OperatorWeights weights({{Operator::kResampleParameter, 0}}, false);
  const Genome parent = test::configuration("kind: b\nx: 0.5\n", space);
  Stream stream(5, Purpose::kTest, 0);
  for (int i = 0; i < 500; ++i) {
    const Bred child = mutate_genome(parent.flat, space, stream, weights);
    ASSERT_EQ(child.op, Operator::kGaussianStep);
    ASSERT_EQ(ConfigurationView(child.genome.flat, space).choice_of("kind"), "b");
  }
  const ConfigurationSpace choices = test::made({test::choice("kind", {"a", "b", "c"})});
  const Genome alone = test::configuration("kind: b\n", choices);
  EXPECT_EQ(mutate_genome(alone.flat, choices, stream, weights).op, Operator::kCopy);
}

}  // namespace
}  // namespace equivolve::search
