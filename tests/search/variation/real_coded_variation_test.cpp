#include "search/variation/real_coded_variation.hpp"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "search/variation/configuration_variation.hpp"
#include "tests/search/support/configurations.hpp"
#include "tests/search/support/shares.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using test::expect_share;

constexpr double kPower = 21;  // both indices are 20

double value(const Genome& genome, const ConfigurationSpace& space, std::size_t i = 0) {
  return view_configuration(genome.flat, space)[i].number;
}

TEST(RealCodedVariation, AllThatIsBredLiesWithinTheSpace) {
  const ConfigurationSpace space = test::rich_space();
  std::map<Operator, int> ops;
  const auto expect_within = [&](const Genome& genome) {
    const auto checked = check_genome(genome.flat, space);
    ASSERT_TRUE(checked) << checked.error().message;
  };
  Stream stream(41, Purpose::kTest, 0);
  Genome a = random_genome(space, stream), b = random_genome(space, stream);
  for (int i = 0; i < 50'000; ++i) {
    const Bred mutated = polynomial_mutation(a.flat, space, stream);
    expect_within(mutated.genome);
    const Bred crossed =
        simulated_binary_crossover(mutated.genome.flat, b.flat, i % 2 == 0, space, stream);
    expect_within(crossed.genome);
    if (testing::Test::HasFatalFailure()) FAIL() << "child " << i;
    EXPECT_EQ(mutated.op == Operator::kCopy, mutated.genome == a);
    EXPECT_EQ(crossed.op == Operator::kCopy, crossed.genome == mutated.genome);
    ++ops[mutated.op];
    ++ops[crossed.op];
    a = crossed.genome;
    if (i % 10 == 0) b = random_genome(space, stream);
  }
  EXPECT_GT(ops[Operator::kPolynomialMutation], 40'000);
  EXPECT_GT(ops[Operator::kSimulatedBinaryCrossover], 20'000);
}

// How far a child lies from the middle over how far its parents do: at most b with probability
// b^21 / 2 up to 1, and more than b with probability b^-21 / 2 beyond.
TEST(SimulatedBinaryCrossover, SpreadsAsPublished) {
  const ConfigurationSpace space = test::made({test::number("x", 0, 1)});
  const Genome a = test::configuration("x: 0.45", space), b = test::configuration("x: 0.55", space);
  int crossed = 0, nearer = 0, much_nearer = 0, much_further = 0, above = 0;
  constexpr int kChildren = 40'000;
  for (int i = 0; i < kChildren; ++i) {
    Stream stream(42, Purpose::kTest, static_cast<std::uint64_t>(i));
    const double x =
        value(simulated_binary_crossover(a.flat, b.flat, false, space, stream).genome, space);
    if (x == 0.45) continue;
    const double spread = std::abs(x - 0.5) / 0.05;
    ++crossed;
    nearer += spread < 1;
    much_nearer += spread < 0.9;
    much_further += spread > 1.1;
    above += x > 0.5;
  }
  expect_share(crossed, kChildren, 0.5, "crossed at all");
  expect_share(nearer, crossed, 0.5, "between the parents");
  expect_share(much_nearer, crossed, 0.5 * std::pow(0.9, kPower), "nearer the middle");
  expect_share(much_further, crossed, 0.5 * std::pow(1.1, -kPower), "further out");
  expect_share(above, crossed, 0.5, "the upper child");
}

TEST(SimulatedBinaryCrossover, WorksOnLogScales) {
  const ConfigurationSpace space = test::made({test::number("lr", 1e-8, 1, true)});
  const Genome a = test::configuration("lr: 1e-5", space),
               b = test::configuration("lr: 1e-3", space);
  int crossed = 0, nearer = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    Stream stream(43, Purpose::kTest, i);
    const double lr =
        value(simulated_binary_crossover(a.flat, b.flat, false, space, stream).genome, space);
    if (lr == 1e-5) continue;
    ++crossed;
    nearer += std::abs(std::log10(lr) + 4) < 1;
  }
  expect_share(nearer, crossed, 0.5, "between the parents, in decades");
}

TEST(SimulatedBinaryCrossover, ChoicesAreEitherParents) {
  const ConfigurationSpace space = test::made({test::choice("kind", {"a", "b", "c"})});
  const Genome a = test::configuration("kind: a", space), b = test::configuration("kind: c", space);
  int second = 0;
  for (std::uint64_t i = 0; i < 4'000; ++i) {
    Stream stream(44, Purpose::kTest, i);
    const double kind =
        value(simulated_binary_crossover(a.flat, b.flat, false, space, stream).genome, space);
    ASSERT_NE(kind, 1);
    second += kind == 2;
  }
  expect_share(second, 4'000, 0.5, "the second parent's");
}

TEST(SimulatedBinaryCrossover, OfOneParentTwiceIsAMutation) {
  const ConfigurationSpace space = test::made({test::number("x", 0, 1), test::boolean("flag")});
  const Genome a = test::configuration("x: 0.5\nflag: true", space);
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream stream(45, Purpose::kTest, i);
    const Bred child = simulated_binary_crossover(a.flat, a.flat, true, space, stream);
    EXPECT_EQ(child.op, Operator::kPolynomialMutation);
    EXPECT_NE(child.genome, a);
    EXPECT_EQ(simulated_binary_crossover(a.flat, a.flat, false, space, stream).genome, a);
  }
}

// Within d of its parent with probability 1 - (1 - d)^21, up and down alike.
TEST(PolynomialMutation, MovesAsPublished) {
  const ConfigurationSpace space = test::made({test::number("x", -1, 1)});
  const Genome parent = test::configuration("x: 0", space);
  int up = 0, within_1 = 0, within_5 = 0;
  constexpr int kChildren = 40'000;
  for (int i = 0; i < kChildren; ++i) {
    Stream stream(46, Purpose::kTest, static_cast<std::uint64_t>(i));
    const double by = value(polynomial_mutation(parent.flat, space, stream).genome, space) / 2;
    up += by > 0;
    within_1 += std::abs(by) < 0.01;
    within_5 += std::abs(by) < 0.05;
  }
  expect_share(up, kChildren, 0.5, "up");
  expect_share(within_1, kChildren, 1 - std::pow(0.99, kPower), "within 1 %");
  expect_share(within_5, kChildren, 1 - std::pow(0.95, kPower), "within 5 %");
}

TEST(PolynomialMutation, MovesOneParameterForSureAndOthersSeldom) {
  std::vector<Parameter> parameters;
  for (int i = 0; i < 10; ++i) parameters.push_back(test::number("x" + std::to_string(i), 0, 1));
  const ConfigurationSpace space = test::made(std::move(parameters));
  Stream first(47, Purpose::kTest, 0);
  const Genome parent = random_genome(space, first);
  constexpr int kChildren = 4'000;
  int moved = 0;
  for (int i = 0; i < kChildren; ++i) {
    Stream stream(48, Purpose::kTest, static_cast<std::uint64_t>(i));
    const Genome child = polynomial_mutation(parent.flat, space, stream).genome;
    int here = 0;
    for (std::size_t k = 0; k < 10; ++k) here += value(child, space, k) != value(parent, space, k);
    ASSERT_GE(here, 1);
    moved += here - 1;
  }
  expect_share(moved, kChildren * 9, 0.1, "each of the nine others");
}

TEST(PolynomialMutation, CountedValuesMoveByOneAtLeast) {
  const ConfigurationSpace space = test::made({test::integer("depth", 1, 4)});
  for (const char* text : {"depth: 1", "depth: 3", "depth: 4"}) {
    const Genome parent = test::configuration(text, space);
    for (std::uint64_t i = 0; i < 200; ++i) {
      Stream stream(49, Purpose::kTest, i);
      EXPECT_NE(polynomial_mutation(parent.flat, space, stream).genome, parent) << text;
    }
  }
}

}  // namespace
}  // namespace equivolve::search
