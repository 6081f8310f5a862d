#include <gtest/gtest.h>

#include "search/space/graph_space.hpp"
#include "search/variation/graph_variation.hpp"
#include "tests/search/support/graphs.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

constexpr const char* kCell =
    "0: input\n1: conv3x3 <- 0\n2: maxpool3x3\n3: conv1x1 <- 0, 1, 2\n4: output <- 0, 3\n";

TEST(GraphText, RandomGenomeGoesThroughTextUnchanged) {
  const std::vector<GraphSpace> spaces = test::graph_spaces();
  for (std::uint64_t i = 0; i < 100000; ++i) {
    // Graphs of 64 vertices take a hundred times longer than others: fewer of those.
    const GraphSpace& space = spaces[i % 100 == 0 ? spaces.size() - 1 : i % (spaces.size() - 2)];
    Stream stream(31, Purpose::kTest, i);
    const Genome before = random_genome(space, stream);
    const auto after = parse_genome(genome_text(before.flat, space), space);
    ASSERT_TRUE(after) << after.error().message << "\n" << genome_text(before.flat, space);
    ASSERT_EQ(*after, before) << genome_text(before.flat, space);
  }
}

TEST(GraphText, ReadsAndWritesACellWithADeadVertex) {
  const GraphSpace space = test::nasbench_space(5);
  const Genome genome = parse_genome(kCell, space).value();
  EXPECT_EQ(graph_of(genome.flat).value(),
            test::graph({{0, 0, 2, 1, 0}, {{0, 1}, {0, 3}, {1, 3}, {2, 3}, {0, 4}, {3, 4}}}));
  EXPECT_EQ(genome_text(genome.flat, space), kCell);
}

TEST(GraphText, BlanksAndCommentsDoNotMatter) {
  const GraphSpace space = test::nasbench_space(5);
  const char* text =
      "# a cell\n\n 0 :input\r\n1:conv3x3<-0 # first\n2: maxpool3x3\n3: conv1x1 <- 2,0 ,1\n"
      "4: output<-3,0";
  EXPECT_EQ(parse_genome(text, space).value(), parse_genome(kCell, space).value());
}

TEST(GraphText, AShorterTextLeavesTheLastVerticesDead) {
  const GraphSpace space = test::nasbench_space(7);
  const Genome genome = parse_genome(kCell, space).value();
  const Graph graph = graph_of(genome.flat).value();
  EXPECT_EQ(graph.vertices, 7u);
  EXPECT_EQ(
      pruned(graph),
      pruned(test::graph({{0, 0, 2, 1, 0}, {{0, 1}, {0, 3}, {1, 3}, {2, 3}, {0, 4}, {3, 4}}})));
  EXPECT_EQ(live_vertices(graph), VertexSet{0b1001011});
  EXPECT_EQ(parse_genome(genome_text(genome.flat, space), space).value(), genome);
}

struct BadGraph {
  const char* text;
  std::size_t line, column;
  const char* message;
};

TEST(GraphText, SaysWhereAndWhatIsWrong) {
  const std::vector<BadGraph> cases = {
      {"", 1, 1, "expected '0:'"},
      {"input\n", 1, 1, "expected '0:'"},
      {"0: conv3x3\n", 1, 4, "expected 'input'"},
      {"0 input\n", 1, 3, "expected ':'"},
      {"0: input <- 0\n", 1, 10, "after the input"},
      {"0: input\n2: conv3x3\n", 2, 1, "expected '1:'"},
      {"0: input\n  1: conv3x5 <- 0\n", 2, 6,
       "expected one of conv3x3, conv1x1, maxpool3x3; did you mean 'conv3x3'?"},
      {"0: input\n1: conv3x3 0\n", 2, 12, "expected '<-'"},
      {"0: input\n1: conv3x3 <- \n", 2, 15, "number of a vertex"},
      {"0: input\n1: conv3x3 <- 1\n", 2, 15, "before it only"},
      {"0: input\n1: conv3x3 <- 99999999999\n", 2, 15, "number of a vertex"},
      {"0: input\n1: conv3x3 <- 0, 0\n", 2, 18, "stands twice"},
      {"0: input\n1: conv3x3 <- 0;\n", 2, 16, "expected ','"},
      {"0: input\n1: conv3x3 <- 0\n", 3, 1, "ends with its output"},
      {"0: input\n1: output <- 0\n2: conv3x3 <- 0\n", 3, 1, "after the output"},
      {"0: input\n1: conv3x3\n2: conv3x3\n3: conv3x3\n", 4, 4, "expected 'output'"},
      {"0: input\n1: conv3x3 <- 0\n2: output <- \n", 3, 14, "number of a vertex"},
      {"0: input\n1: conv3x3 <- 0\n2: output\n", 1, 1, "no path"},
      {"0: input\n1: conv3x3 <- 0\n2: conv3x3 <- 0, 1\n3: output <- 0, 1, 2\n", 1, 1,
       "6 edges lie on paths"},
  };
  GraphSpace space = test::nasbench_space(4);
  space.max_edges = 5;
  for (const BadGraph& c : cases) {
    const auto parsed = parse_genome(c.text, space);
    ASSERT_FALSE(parsed) << c.text;
    EXPECT_EQ(parsed.error().line, c.line) << c.text;
    EXPECT_EQ(parsed.error().column, c.column) << c.text;
    EXPECT_NE(parsed.error().message.find(c.message), std::string::npos)
        << c.text << " -> " << parsed.error().message;
  }
}

TEST(GraphText, ChangedTextsAreRefusedOrReadWithoutHarm) {
  const GraphSpace space = test::nasbench_space(5);
  const std::string letters = "0123456789: \n<-,#inputoutputconv3x3maxpool\t\r\xff";
  int read = 0;
  for (std::uint64_t i = 0; i < 30000; ++i) {
    Stream stream(32, Purpose::kTest, i);
    std::string text = genome_text(random_genome(space, stream).flat, space);
    for (std::uint64_t n = 1 + stream.below(4); n > 0 && !text.empty(); --n) {
      const std::size_t at = stream.below(text.size());
      const char letter = letters[stream.below(letters.size())];
      switch (stream.below(4)) {
        case 0:
          text[at] = letter;
          break;
        case 1:
          text.insert(at, 1, letter);
          break;
        case 2:
          text.erase(at, 1 + stream.below(5));
          break;
        default:
          text.insert(at, text.substr(stream.below(text.size()), stream.below(20)));
      }
    }
    const auto parsed = parse_genome(text, space);
    ASSERT_TRUE(!parsed || check_genome(parsed->flat, space)) << text;
    read += parsed.has_value();
    ASSERT_TRUE(parsed || parsed.error().line >= 1) << text;
  }
  EXPECT_GT(read, 300);  // not all are refused at the first letter
}

}  // namespace
}  // namespace equivolve::search
