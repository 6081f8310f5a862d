#include "search/variation/sequence_variation.hpp"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "tests/search/support/sequences.hpp"
#include "tests/search/support/shares.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using test::expect_share;

Tokens tokens(const Genome& genome) {
  return view_sequence(genome.flat).value();
}

TEST(SequenceVariation, ChildrenStayWithinTheSpace) {
  for (const SequenceSpace& space : test::sequence_spaces()) {
    Stream stream(1, Purpose::kTest, space.alphabet.size());
    std::map<Operator, int> counts;
    for (int i = 0; i < 3000; ++i) {
      Genome a = random_genome(space, stream), b = random_genome(space, stream);
      ASSERT_TRUE(check_genome(a.flat, space));
      for (int m = 0; m < 3; ++m) {
        const Bred child = mutate_genome(a.flat, space, stream);
        ASSERT_TRUE(check_genome(child.genome.flat, space));
        ASSERT_EQ(child.genome == a, child.op == Operator::kCopy);
        ++counts[child.op];
        a = child.genome;
      }
      b = mutate_genome(b.flat, space, stream).genome;
      const Bred crossed = cross_genomes(a.flat, b.flat, space, stream);
      ASSERT_TRUE(check_genome(crossed.genome.flat, space));
      ++counts[crossed.op];
    }
    const bool fixed = space.min_length == space.max_length;
    EXPECT_EQ(counts[Operator::kCopy] > 0, fixed && space.alphabet.size() == 1);
    EXPECT_EQ(counts[Operator::kSubstituteToken] > 0, space.alphabet.size() > 1);
    EXPECT_EQ(counts[Operator::kInsertToken] > 0, !fixed);
    EXPECT_EQ(counts[Operator::kDeleteToken] > 0, !fixed);
    EXPECT_GT(counts[Operator::kOnePointCrossover], 1000);
    EXPECT_EQ(counts[Operator::kTwoPointCrossover] > 0, space.max_length > 2);
  }
}

TEST(SequenceVariation, IsAPureFunctionOfTheStream) {
  const SequenceSpace space{{"A", "C", "G", "T"}, 4, 40, 20};
  Stream one(1, Purpose::kTest, 9), same(1, Purpose::kTest, 9), other(1, Purpose::kTest, 10);
  const Genome p = random_genome(space, one);
  EXPECT_EQ(p, random_genome(space, same));
  const Genome q = random_genome(space, other);
  EXPECT_NE(p, q);
  EXPECT_EQ(mutate_genome(p.flat, space, one).genome, mutate_genome(p.flat, space, same).genome);
  EXPECT_EQ(cross_genomes(p.flat, q.flat, space, one).genome,
            cross_genomes(p.flat, q.flat, space, same).genome);
}

TEST(SequenceVariation, KindsOfMutationComeByTheirWeights) {
  const SequenceSpace space{{"A", "C", "G", "T"}, 5, 7, 6};
  constexpr int n = 8000;
  const auto counts = [&](const char* parent) {
    std::map<Operator, int> out;
    Stream stream(2, Purpose::kTest, 0);
    const Genome genome = parse_genome(parent, space).value();
    for (int i = 0; i < n; ++i) ++out[mutate_genome(genome.flat, space, stream).op];
    return out;
  };
  auto between = counts("ACGTAC");
  expect_share(between[Operator::kSubstituteToken], n, 0.5, "substitution");
  expect_share(between[Operator::kInsertToken], n, 0.25, "insertion");
  expect_share(between[Operator::kDeleteToken], n, 0.25, "deletion");
  auto shortest = counts("ACGTA");
  expect_share(shortest[Operator::kInsertToken], n, 1.0 / 3, "insertion");
  EXPECT_EQ(shortest[Operator::kDeleteToken], 0);
  auto longest = counts("ACGTACG");
  expect_share(longest[Operator::kDeleteToken], n, 1.0 / 3, "deletion");
  EXPECT_EQ(longest[Operator::kInsertToken], 0);
}

class Substitution : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Lengths, Substitution, testing::Values(1, 2, 8, 100));

TEST_P(Substitution, EachTokenChangesAlikeAndAtLeastOneDoes) {
  const std::uint32_t length = GetParam();
  const SequenceSpace space = test::dna_space(length);
  Stream stream(3, Purpose::kTest, length);
  const Genome parent = random_genome(space, stream);
  constexpr int n = 20000;
  std::vector<int> changed(length);
  std::map<int, int> symbols;
  int single = 0, all = 0;
  for (int i = 0; i < n; ++i) {
    const Genome child = mutate_genome(parent.flat, space, stream).genome;
    int count = 0;
    for (std::size_t t = 0; t < length; ++t) {
      if (tokens(child)[t] == tokens(parent)[t]) continue;
      ++changed[t];
      ++count;
      ++symbols[(tokens(child)[t] - tokens(parent)[t] + 4) % 4];
    }
    ASSERT_GE(count, 1);
    single += count == 1;
    all += count;
  }
  const double rate = 1.0 / length, none = std::pow(1 - rate, length);
  for (std::size_t t : {std::size_t{0}, std::size_t{length / 2}, std::size_t{length - 1}})
    expect_share(changed[t], n, rate / (1 - none), "token " + std::to_string(t));
  expect_share(single, n, length * rate * std::pow(1 - rate, length - 1) / (1 - none),
               "single changes");
  for (int step = 1; step < 4; ++step) expect_share(symbols[step], all, 1.0 / 3, "symbol");
}

TEST(SequenceVariation, InsertionAndDeletionLeaveTheOtherTokensInOrder) {
  const SequenceSpace space{{"A", "C", "G", "T"}, 5, 7, 6};
  const Genome parent = parse_genome("ACGTAC", space).value();
  Stream stream(4, Purpose::kTest, 0);
  std::map<std::string, int> inserted, deleted;
  for (int i = 0; i < 20000; ++i) {
    const Bred child = mutate_genome(parent.flat, space, stream);
    if (child.op == Operator::kInsertToken) ++inserted[genome_text(child.genome.flat, space)];
    if (child.op == Operator::kDeleteToken) ++deleted[genome_text(child.genome.flat, space)];
  }
  EXPECT_EQ(deleted.size(), 6u);  // no two neighbours are equal: each deletion gives another text
  for (const auto& [text, count] : deleted) EXPECT_NEAR(count, 5000 / 6.0, 150) << text;
  EXPECT_EQ(inserted.size(), 22u);  // 7 places, 4 symbols, 6 texts by two ways each
  for (const auto& [text, count] : inserted) {
    bool found = false;
    for (std::size_t at = 0; at < text.size() && !found; ++at)
      found = std::string(text).erase(at, 1) == "ACGTAC";
    EXPECT_TRUE(found) << text;
  }
}

/// Where a child of "all A" and "all C" changes from one parent to the other.
std::string pieces(const std::string& child) {
  std::string out;
  for (const char c : child)
    if (out.empty() || out.back() != c) out += c;
  return out;
}

TEST(SequenceVariation, CrossoversCutBothParentsAtTheSamePlaces) {
  const SequenceSpace space{{"A", "C"}, 1, 12, 6};
  Stream stream(5, Purpose::kTest, 0);
  for (std::uint32_t first = 1; first <= 12; ++first)
    for (std::uint32_t second = 1; second <= 12; ++second) {
      const Genome a = parse_genome(std::string(first, 'A'), space).value();
      const Genome b = parse_genome(std::string(second, 'C'), space).value();
      std::map<std::string, int> seen;
      int two_points = 0;
      for (int i = 0; i < 400; ++i) {
        const Bred child = cross_genomes(a.flat, b.flat, space, stream);
        const std::string text = genome_text(child.genome.flat, space);
        ++seen[text];
        if (child.op == Operator::kTwoPointCrossover) {
          ++two_points;
          ASSERT_EQ(text.size(), first) << text;
          ASSERT_EQ(pieces(text), "ACA") << text;
        } else {
          ASSERT_EQ(child.op, Operator::kOnePointCrossover);
          ASSERT_EQ(text.size(), second) << text;
          ASSERT_EQ(pieces(text), second == 1 ? "A" : "AC") << text;
        }
      }
      const std::size_t cuts = std::max(1u, std::min(first, second - 1));
      const std::size_t places = std::min(first - 1, second);
      const std::size_t pairs = places < 2 ? 0 : places * (places - 1) / 2;
      EXPECT_LE(seen.size(), cuts + pairs);
      if (cuts + pairs < 20) {
        EXPECT_EQ(seen.size(), cuts + pairs) << first << ", " << second;
      }
      if (pairs > 0) expect_share(two_points, 400, 0.5, "two points");
    }
}

TEST(SequenceVariation, TheLongestSequencesAreBred) {
  SequenceSpace space = test::dna_space(kMaxSequenceLength);
  space.min_length = 1;
  Stream stream(6, Purpose::kTest, 0);
  Genome a = random_genome(space, stream);
  const Genome b = random_genome(space, stream);
  for (int i = 0; i < 50; ++i) {
    a = mutate_genome(a.flat, space, stream).genome;
    ASSERT_TRUE(check_genome(a.flat, space));
    a = cross_genomes(a.flat, b.flat, space, stream).genome;
    ASSERT_TRUE(check_genome(a.flat, space));
  }
}

}  // namespace
}  // namespace equivolve::search
