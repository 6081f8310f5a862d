#include <map>

#include <gtest/gtest.h>

#include "tests/engine/plugins/toy_support.hpp"

namespace equivolve::engine::test {
namespace {

using hashing::Purpose;
using hashing::Stream;

constexpr auto kSequence = search::Representation::kSequence;

TEST(ToySequence, ReferencesLieInAnySpaceOfIts) {
  for (const char* user :
       {"{}", R"({"length": 5, "alphabet": "G"})", R"({"max_length": 300, "alphabet": "T-"})"}) {
    expect_references_fit(BoundToy("toy_sequence", kSequence, user));
  }
}

TEST(ToySequence, SilentSymbolsDoNotMatter) {
  const BoundToy toy("toy_sequence", kSequence);
  const auto one = toy.genome("GATTACAGC");
  EXPECT_EQ(toy.figures(one), (std::vector<double>{1, 9}));
  for (const char* text : {"-GATTACAGC", "GAT--TACA-GC-", "GATTACAGC-------"}) {
    EXPECT_EQ(toy.digest(toy.genome(text)), toy.digest(one)) << text;
    EXPECT_EQ(toy.figures(toy.genome(text)), toy.figures(one)) << text;
  }
  EXPECT_EQ(toy.figures(toy.genome("CCGATTACAGC"))[0], 1) << "the place does not matter";
  EXPECT_NE(toy.digest(toy.genome("CCGATTACAGC")), toy.digest(one)) << "but it is told apart";
  EXPECT_EQ(toy.figures(toy.genome("----")), (std::vector<double>{0, 0}));
}

TEST(ToySequence, SymbolsMeanTheSameInANarrowerSpace) {
  const BoundToy wide("toy_sequence", kSequence),
      narrow("toy_sequence", kSequence, R"({"alphabet": "GTA"})");
  EXPECT_NE(wide.genome("GATTTA"), narrow.genome("GATTTA"));
  EXPECT_EQ(wide.figures(wide.genome("GATTTA")), narrow.figures(narrow.genome("GATTTA")));
  EXPECT_EQ(wide.digest(wide.genome("GATTTA")), narrow.digest(narrow.genome("GATTTA")));
}

TEST(ToySequence, EqualDigestsMeanEqualFigures) {
  const BoundToy toy("toy_sequence", kSequence);
  std::map<hashing::Digest, std::vector<double>> known;
  int hits = 0;
  Stream stream(8, Purpose::kTest, 0);
  search::Genome genome = search::random_genome(*toy.space, stream);
  for (int i = 0; i < 5000; ++i) {
    const std::vector<double> figures = toy.figures(genome);
    const auto [entry, founded] = known.emplace(toy.digest(genome).key, figures);
    hits += !founded;
    ASSERT_EQ(entry->second, figures);
    genome = search::mutate_genome(genome.flat, *toy.space, stream).genome;
  }
  EXPECT_GT(hits, 100);
}

}  // namespace
}  // namespace equivolve::engine::test
