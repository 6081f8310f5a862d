#include <map>

#include <gtest/gtest.h>

#include "tests/engine/plugins/toy_support.hpp"

namespace equivolve::engine::test {
namespace {

using hashing::Purpose;
using hashing::Stream;

constexpr auto kGraph = search::Representation::kGraph;

TEST(ToyGraph, ReferencesLieInAnySpaceOfIts) {
  for (const char* user : {"{}", R"({"vertices": 3, "operations": ["swap"]})",
                           R"({"vertices": 64, "max_edges": 2016})"}) {
    expect_references_fit(BoundToy("toy_graph", kGraph, user));
  }
}

TEST(ToyGraph, IsomorphicCellsAndDeadPartsBehaveAlike) {
  const BoundToy toy("toy_graph", kGraph);
  const auto one =
      toy.genome("0: input\n1: halve <- 0\n2: square <- 0\n3: tanh <- 1\n4: output <- 0, 2, 3\n");
  const auto other = toy.genome(
      "0: input\n1: square <- 0\n2: swap <- 0, 1\n3: halve <- 0\n4: tanh <- 3\n5: negate\n"
      "6: output <- 0, 1, 4\n");
  EXPECT_EQ(toy.digest(one), toy.digest(other));
  EXPECT_EQ(toy.figures(one), toy.figures(other));
  EXPECT_EQ(search::structural_bytes(one.flat, *toy.space),
            search::structural_bytes(other.flat, *toy.space));
  const auto different =
      toy.genome("0: input\n1: halve <- 0\n2: square <- 0\n3: tanh <- 1\n4: output <- 2, 3\n");
  EXPECT_NE(toy.digest(one), toy.digest(different));
}

TEST(ToyGraph, OperationsMeanTheSameInANarrowerSpace) {
  const BoundToy wide("toy_graph", kGraph),
      narrow("toy_graph", kGraph, R"({"operations": ["swap", "square"]})");
  const std::string text = "0: input\n1: swap <- 0\n2: square <- 0, 1\n3: output <- 1, 2\n";
  EXPECT_NE(wide.genome(text), narrow.genome(text)) << "numbers are positions in the space's list";
  EXPECT_EQ(wide.figures(wide.genome(text)), narrow.figures(narrow.genome(text)));
  EXPECT_EQ(wide.digest(wide.genome(text)), narrow.digest(narrow.genome(text)));
}

TEST(ToyGraph, EqualDigestsMeanEqualFiguresAndItsTargetCanBeFound) {
  const BoundToy toy("toy_graph", kGraph);
  std::map<hashing::Digest, std::vector<double>> known;
  std::map<std::vector<std::byte>, hashing::Digest> structural;
  int hits = 0;
  Stream stream(7, Purpose::kTest, 0);
  search::Genome genome = search::random_genome(*toy.space, stream);
  for (int i = 0; i < 20000; ++i) {
    const hashing::Digest digest = toy.digest(genome).key;
    const std::vector<double> figures = toy.figures(genome);
    const auto [entry, founded] = known.emplace(digest, figures);
    hits += !founded;
    // NaN of those that left the finite numbers is no figure.
    if (figures[0] == figures[0]) {
      ASSERT_EQ(entry->second, figures);
    }
    ASSERT_EQ(
        structural.emplace(search::structural_bytes(genome.flat, *toy.space), digest).first->second,
        digest)
        << "equal structure, different behaviour";
    genome = search::mutate_genome(genome.flat, *toy.space, stream).genome;
  }
  EXPECT_GT(hits, 1000);
  EXPECT_LT(known.size(), structural.size()) << "what is written differently may behave alike";
  const auto best = toy.genome(
      "0: input\n1: swap <- 0\n2: square <- 0\n3: negate <- 2\n4: halve <- 3\n5: tanh <- 1, 2\n"
      "6: output <- 0, 4, 5\n");
  EXPECT_EQ(toy.figures(best)[0], 1);
}

}  // namespace
}  // namespace equivolve::engine::test
