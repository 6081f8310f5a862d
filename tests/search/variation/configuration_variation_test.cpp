#include "search/variation/configuration_variation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "tests/search/support/configurations.hpp"
#include "tests/search/support/shares.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using test::expect_share;

double value(const Genome& genome, const ConfigurationSpace& space, std::size_t i = 0) {
  return view_configuration(genome.flat, space)[i].number;
}

TEST(ConfigurationVariation, AllThatIsBredLiesWithinTheSpace) {
  const ConfigurationSpace space = test::rich_space();
  std::map<Operator, int> ops;
  const auto expect_within = [&](const Genome& genome) {
    const auto checked = check_genome(genome.flat, space);
    ASSERT_TRUE(checked) << checked.error().message;
  };
  Stream stream(31, Purpose::kTest, 0);
  Genome a = random_genome(space, stream), b = random_genome(space, stream);
  for (int i = 0; i < 100'000; ++i) {
    const Genome drawn = random_genome(space, stream);
    expect_within(drawn);
    const Bred mutated = mutate_genome(a.flat, space, stream);
    expect_within(mutated.genome);
    const Bred crossed = cross_genomes(mutated.genome.flat, b.flat, space, stream);
    expect_within(crossed.genome);
    if (testing::Test::HasFatalFailure()) FAIL() << "draw " << i;
    ++ops[mutated.op];
    ++ops[crossed.op];
    a = crossed.genome;
    if (i % 10 == 0) b = drawn;
  }
  for (Operator op : {Operator::kResampleParameter, Operator::kGaussianStep,
                      Operator::kUniformCrossover, Operator::kBlendCrossover})
    EXPECT_GT(ops[op], 10'000) << operator_name(op);
  EXPECT_LT(ops[Operator::kCopy], 200);
}

TEST(ConfigurationVariation, IsAPureFunctionOfTheStream) {
  const ConfigurationSpace space = test::rich_space();
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream one(32, Purpose::kTest, i), same(32, Purpose::kTest, i);
    const Genome a = random_genome(space, one), b = random_genome(space, one);
    EXPECT_EQ(a, random_genome(space, same));
    EXPECT_EQ(b, random_genome(space, same));
    EXPECT_EQ(mutate_genome(a.flat, space, one).genome, mutate_genome(a.flat, space, same).genome);
    EXPECT_EQ(cross_genomes(a.flat, b.flat, space, one).genome,
              cross_genomes(a.flat, b.flat, space, same).genome);
  }
}

TEST(RandomConfiguration, IsUniformOnTheLogScale) {
  const ConfigurationSpace space = test::made({test::number("lr", 1e-5, 0.1, true)});
  constexpr int kDraws = 40'000;
  std::array<int, 8> halves{};  // of decades
  for (int i = 0; i < kDraws; ++i) {
    Stream stream(33, Purpose::kTest, static_cast<std::uint64_t>(i));
    const double half =
        std::floor(2 * (std::log10(value(random_genome(space, stream), space)) + 5));
    ++halves[static_cast<std::size_t>(std::clamp(half, 0.0, 7.0))];
  }
  for (int count : halves) expect_share(count, kDraws, 1.0 / 8, "half a decade");
}

TEST(RandomConfiguration, IntegersOnTheLogScaleHaveTheirCellsShare) {
  const ConfigurationSpace space = test::made({test::integer("n", 1, 64, true)});
  constexpr int kDraws = 60'000;
  std::map<int, int> counts;
  for (int i = 0; i < kDraws; ++i) {
    Stream stream(34, Purpose::kTest, static_cast<std::uint64_t>(i));
    ++counts[static_cast<int>(value(random_genome(space, stream), space))];
  }
  for (int n = 1; n <= 64; ++n)
    expect_share(counts[n], kDraws, std::log((n + 0.5) / (n - 0.5)) / std::log(64.5 / 0.5),
                 std::to_string(n));
}

TEST(RandomConfiguration, CountedValuesAreEquallyLikely) {
  const ConfigurationSpace space =
      test::made({test::integer("n", -2, 4), test::number("x", 0, 0.6, false, 0.1),
                  test::choice("c", {"a", "b", "c", "d", "e", "f", "g"})});
  constexpr int kDraws = 35'000;
  std::array<std::map<double, int>, 3> counts;
  for (int i = 0; i < kDraws; ++i) {
    Stream stream(35, Purpose::kTest, static_cast<std::uint64_t>(i));
    const Genome genome = random_genome(space, stream);
    for (std::size_t p = 0; p < 3; ++p) ++counts[p][value(genome, space, p)];
  }
  for (const auto& values : counts) {
    EXPECT_EQ(values.size(), 7u);
    for (const auto& [number, count] : values)
      expect_share(count, kDraws, 1.0 / 7, number_text(number));
  }
}

TEST(RandomConfiguration, WhatIsForbiddenLeavesTheRestEquallyLikely) {
  const ConfigurationSpace space = test::made({test::integer("a", 1, 3), test::integer("b", 1, 3)},
                                              {{test::one_of(0, {1}), test::one_of(1, {1, 2})}});
  constexpr int kDraws = 21'000;
  std::map<std::pair<double, double>, int> counts;
  for (int i = 0; i < kDraws; ++i) {
    Stream stream(36, Purpose::kTest, static_cast<std::uint64_t>(i));
    const Genome genome = random_genome(space, stream);
    ++counts[{value(genome, space, 0), value(genome, space, 1)}];
  }
  EXPECT_EQ(counts.size(), 7u);
  for (const auto& [pair, count] : counts) expect_share(count, kDraws, 1.0 / 7, "pair");
}

TEST(RandomConfiguration, IsFoundWhereAlmostAllIsForbidden) {
  // One in 2^30: all flags equal to the first.
  std::vector<Parameter> p;
  std::vector<Combination> forbidden;
  for (std::uint32_t i = 0; i <= 30; ++i) {
    p.push_back(test::boolean("f" + std::to_string(i)));
    if (i == 0) continue;
    forbidden.push_back({test::one_of(i - 1, {0}), test::one_of(i, {1})});
    forbidden.push_back({test::one_of(i - 1, {1}), test::one_of(i, {0})});
  }
  const ConfigurationSpace space = test::made(p, forbidden);
  std::map<double, int> firsts;
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream stream(37, Purpose::kTest, i);
    const Genome genome = random_genome(space, stream);
    ASSERT_TRUE(check_genome(genome.flat, space));
    ++firsts[value(genome, space)];
  }
  EXPECT_GT(firsts[0], 20);
  EXPECT_GT(firsts[1], 20) << "mended draws, not the fallback alone";
}

TEST(Mutation, GaussianStepsAreATenthOfTheScale) {
  const ConfigurationSpace space = test::made({test::number("x", 1e-4, 1e4, true)});
  const Genome middle = test::configuration("x: 1", space);
  double sum = 0, squares = 0;
  int steps = 0;
  Stream stream(38, Purpose::kTest, 0);
  for (int i = 0; i < 40'000; ++i) {
    const Bred child = mutate_genome(middle.flat, space, stream);
    if (child.op != Operator::kGaussianStep) continue;
    ++steps;
    const double moved = std::log10(value(child.genome, space)) / 8;
    sum += moved;
    squares += moved * moved;
  }
  expect_share(steps, 40'000, 0.75, "steps");
  EXPECT_NEAR(sum / steps, 0, 5 * 0.1 / std::sqrt(steps));
  EXPECT_NEAR(std::sqrt(squares / steps), 0.1, 5 * 0.1 / std::sqrt(2.0 * steps));
}

TEST(Mutation, StepsAreReflectedAtTheEnds) {
  const ConfigurationSpace space = test::made({test::number("x", 0, 1)});
  const Genome end = test::configuration("x: 1", space);
  int at_the_end = 0;
  Stream stream(39, Purpose::kTest, 0);
  for (int i = 0; i < 2000; ++i) {
    const double x = value(mutate_genome(end.flat, space, stream).genome, space);
    EXPECT_LE(x, 1);
    at_the_end += x == 1;
  }
  EXPECT_EQ(at_the_end, 0) << "nothing piles up there";
}

TEST(Mutation, CountedValuesAlwaysChange) {
  for (const Parameter& p :
       {test::integer("n", 1, 2), test::integer("n", 5, 1'000'000), test::integer("n", 1, 3, true),
        test::integer("n", 1, 1'000'000, true), test::number("x", 0, 1, false, 0.5),
        test::choice("c", {"a", "b", "c"}), test::boolean("b"),
        test::integer("n", 0, 10, false, 4)}) {
    const ConfigurationSpace space = test::made({p});
    Stream stream(40, Purpose::kTest, 0);
    Genome genome = random_genome(space, stream);
    std::map<double, int> seen;
    for (int i = 0; i < 600; ++i) {
      const Bred child = mutate_genome(genome.flat, space, stream);
      ASSERT_NE(child.genome, genome) << p.name << " " << p.high;
      ASSERT_TRUE(check_genome(child.genome.flat, space));
      genome = child.genome;
      ++seen[value(genome, space)];
    }
    if (value_count(p) <= 3) {
      EXPECT_EQ(static_cast<double>(seen.size()), value_count(p));
    }
  }
}

TEST(Mutation, PicksActiveParametersAlike) {
  const ConfigurationSpace space =
      test::made({test::choice("a", {"x", "y"}), test::choice("b", {"x", "y"}),
                  test::integer("fixed", 4, 4), test::choice("c", {"x", "y"})});
  const Genome parent = test::configuration("a: x\nb: x\nc: x\n", space);
  std::array<int, 4> changed{};
  Stream stream(41, Purpose::kTest, 0);
  constexpr int kDraws = 9000;
  for (int i = 0; i < kDraws; ++i) {
    const Bred child = mutate_genome(parent.flat, space, stream);
    EXPECT_EQ(child.op, Operator::kResampleParameter);
    for (std::size_t p = 0; p < 4; ++p)
      changed[p] += value(child.genome, space, p) != value(parent, space, p);
  }
  for (std::size_t p : {0, 1, 3}) expect_share(changed[p], kDraws, 1.0 / 3, std::to_string(p));
  EXPECT_EQ(changed[2], 0);
}

TEST(Mutation, SwitchesDependentsOnAndOff) {
  std::vector<Parameter> p{test::boolean("on"), test::integer("n", 1, 9), test::integer("k", 1, 9)};
  p[1].when = {test::one_of(0, {1})};
  p[2].when = {test::within(1, 5, 9)};
  const ConfigurationSpace space = test::made(p);
  const Genome off = test::configuration("on: false", space);
  std::map<double, int> drawn;
  Stream stream(42, Purpose::kTest, 0);
  for (int i = 0; i < 900; ++i) {
    const Genome on = mutate_genome(off.flat, space, stream).genome;
    const ConfigurationView view(on.flat, space);
    ASSERT_TRUE(view.is_active("n"));
    ++drawn[*view.number_of("n")];
    EXPECT_EQ(view.is_active("k"), *view.number_of("n") >= 5);
  }
  EXPECT_EQ(drawn.size(), 9u) << "newly active ones are drawn";
}

TEST(Mutation, WithNowhereToGoIsACopy) {
  const ConfigurationSpace fixed = test::made({test::integer("n", 4, 4)});
  Stream stream(43, Purpose::kTest, 0);
  const Genome only = random_genome(fixed, stream);
  EXPECT_EQ(mutate_genome(only.flat, fixed, stream).op, Operator::kCopy);
  // Every other value is forbidden.
  const ConfigurationSpace walled =
      test::made({test::integer("n", 1, 3)}, {{test::one_of(0, {1, 3})}});
  const Genome two = test::configuration("n: 2", walled);
  const Bred child = mutate_genome(two.flat, walled, stream);
  EXPECT_EQ(child.op, Operator::kCopy);
  EXPECT_EQ(child.genome, two);
  const ConfigurationSpace empty = test::made({});
  const Genome nothing = random_genome(empty, stream);
  EXPECT_TRUE(nothing.flat.empty());
  EXPECT_EQ(mutate_genome(nothing.flat, empty, stream).op, Operator::kCopy);
  EXPECT_TRUE(cross_genomes(nothing.flat, nothing.flat, empty, stream).genome.flat.empty());
}

TEST(Crossover, UniformTakesEachParameterFromEitherParent) {
  const ConfigurationSpace space = test::made(
      {test::choice("a", {"x", "y"}), test::number("b", 0, 1), test::integer("c", 1, 9)});
  const Genome first = test::configuration("a: x\nb: 0.25\nc: 2\n", space),
               second = test::configuration("a: y\nb: 0.5\nc: 8\n", space);
  std::array<int, 3> from_first{};
  int uniform = 0;
  Stream stream(44, Purpose::kTest, 0);
  for (int i = 0; i < 8000; ++i) {
    const Bred child = cross_genomes(first.flat, second.flat, space, stream);
    if (child.op != Operator::kUniformCrossover) continue;
    ++uniform;
    for (std::size_t p = 0; p < 3; ++p) {
      const double own = value(child.genome, space, p);
      from_first[p] += own == value(first, space, p);
      ASSERT_TRUE(own == value(first, space, p) || own == value(second, space, p));
    }
  }
  expect_share(uniform, 8000, 0.5, "uniform");
  for (int count : from_first) expect_share(count, uniform, 0.5, "from the first");
}

TEST(Crossover, BlendDrawsAroundBothParents) {
  const ConfigurationSpace space = test::made({test::number("x", 0, 1)});
  const Genome first = test::configuration("x: 0.4", space),
               second = test::configuration("x: 0.6", space);
  double low = 1, high = 0;
  int outside = 0, blends = 0;
  Stream stream(45, Purpose::kTest, 0);
  for (int i = 0; i < 8000; ++i) {
    const Bred child = cross_genomes(first.flat, second.flat, space, stream);
    if (child.op != Operator::kBlendCrossover) continue;
    ++blends;
    const double x = value(child.genome, space);
    low = std::min(low, x);
    high = std::max(high, x);
    outside += x < 0.4 || x > 0.6;
  }
  EXPECT_NEAR(low, 0.3, 1e-3);
  EXPECT_NEAR(high, 0.7, 1e-3);
  expect_share(outside, blends, 0.5, "beyond the parents");
}

TEST(Crossover, TakesDependentsFromWhoHasThem) {
  std::vector<Parameter> p{test::choice("kind", {"a", "b"}), test::integer("m", 1, 1'000'000),
                           test::integer("n", 1, 1'000'000)};
  p[1].when = {test::one_of(0, {0})};
  p[2].when = {test::one_of(0, {1})};
  const ConfigurationSpace space = test::made(p);
  const Genome a = test::configuration("kind: a\nm: 123456", space),
               b = test::configuration("kind: b\nn: 654321", space);
  Stream stream(46, Purpose::kTest, 0);
  for (int i = 0; i < 100; ++i) {
    const Genome child = cross_genomes(a.flat, b.flat, space, stream).genome;
    EXPECT_TRUE(child == a || child == b);
  }
}

}  // namespace
}  // namespace equivolve::search
