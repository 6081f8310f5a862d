#include "search/space/graph_space.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "search/variation/graph_variation.hpp"
#include "tests/search/support/graphs.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

TEST(GraphSpace, SaysWhatIsWrongWithAGenome) {
  GraphSpace space = test::nasbench_space(4);
  space.max_edges = 3;
  const auto message = [&](const test::GraphLayout& layout) {
    const auto checked = check_genome(to_genome(test::graph(layout)).flat, space);
    return checked ? "" : checked.error().message;
  };
  EXPECT_EQ(message({{0, 0, 2, 0}, {{0, 1}, {1, 3}, {0, 3}}}), "");
  // A fourth edge that leads nowhere does not count.
  EXPECT_EQ(message({{0, 0, 2, 0}, {{0, 1}, {1, 3}, {0, 3}, {0, 2}}}), "");
  EXPECT_NE(message({{0, 0, 2, 0}, {{0, 1}, {1, 3}, {0, 2}, {2, 3}}}).find("4 edges"),
            std::string::npos);
  EXPECT_NE(message({{0, 0, 2, 0}, {{0, 1}, {0, 2}}}).find("no path"), std::string::npos);
  EXPECT_NE(message({{0, 0, 3, 0}, {{0, 3}}}).find("vertex 2: unknown operation"),
            std::string::npos);
  EXPECT_NE(message({{0, 0, 0}, {{0, 2}}}).find("3 vertices; expected 4"), std::string::npos);
}

TEST(GraphSpace, BytesThatAreNoGraphHaveNoText) {
  const std::vector<std::byte> bytes(5);
  EXPECT_EQ(genome_text(bytes, test::nasbench_space()), "");
  EXPECT_EQ(structural_bytes(bytes, test::nasbench_space()), bytes);
}

std::string hex(const std::vector<std::byte>& bytes) {
  std::string out;
  for (const std::byte byte : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    out += kDigits[std::to_integer<unsigned>(byte) >> 4];
    out += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  return out;
}

TEST(StructuralHashOfGraphs, KnownAnswers) {
  // Computed by a second program, in Python, from the description alone.
  const GraphSpace space = test::nasbench_space();
  const auto of = [&](const char* text) {
    return hex(structural_bytes(parse_genome(text, space).value().flat, space));
  };
  EXPECT_EQ(of("0: input\n1: output <- 0\n"), "000bf68b8aa03098077e8eb7d27fa789");
  EXPECT_EQ(of("0: input\n1: conv3x3 <- 0\n2: output <- 1\n"), "679c1045bdd568d0383ca461edb741c9");
  EXPECT_EQ(of("0: input\n1: conv3x3 <- 0\n2: maxpool3x3 <- 0\n3: conv1x1 <- 1, 2\n"
               "4: output <- 0, 3\n"),
            "0fb9b04591c5732968261efd79795c91");
}

/// A random numbering of the vertices that keeps edges upward: input first, output last.
std::vector<std::uint32_t> random_order(const Graph& graph, Stream& stream) {
  std::vector<std::uint32_t> places(graph.vertices), ready;
  std::vector<bool> placed(graph.vertices);
  for (std::uint32_t next = 0; next < graph.vertices; ++next) {
    ready.clear();
    for (std::uint32_t v = 0; v < graph.vertices; ++v) {
      bool fits = !placed[v] && (v != graph.output() || next == graph.output());
      for (std::uint32_t from = 0; from < v && fits; ++from)
        fits = !graph.has_edge(from, v) || placed[from];
      if (fits && (next > 0 || v == 0)) ready.push_back(v);
    }
    const std::uint32_t chosen = ready[stream.below(ready.size())];
    places[chosen] = next;
    placed[chosen] = true;
  }
  return places;
}

TEST(StructuralHashOfGraphs, NumbersOfVerticesAndDeadPartsDoNotMatter) {
  int moved = 0;
  for (const GraphSpace& space : test::graph_spaces()) {
    for (std::uint64_t i = 0; i < (space.vertices < 64 ? 2000u : 20u); ++i) {
      Stream stream(41, Purpose::kTest, i);
      const Graph graph = random_graph(space, stream);
      const auto expected = structural_bytes(to_genome(graph).flat, space);
      ASSERT_EQ(expected.size(), 16u);
      Graph other = test::renumbered(graph, random_order(graph, stream));
      moved += other != graph;
      const VertexSet live = live_vertices(other);
      for (std::uint32_t v = 1; v < other.output(); ++v)
        if (!(live >> v & 1))
          other.operations[v] = static_cast<std::uint8_t>(stream.below(space.operations.size()));
      ASSERT_EQ(structural_bytes(to_genome(other).flat, space), expected);
    }
  }
  EXPECT_GT(moved, 4000);
}

TEST(StructuralHashOfGraphs, EveryLiveOperationAndEdgeMatters) {
  const GraphSpace space = test::nasbench_space();
  for (std::uint64_t i = 0; i < 2000; ++i) {
    Stream stream(42, Purpose::kTest, i);
    const Graph graph = random_graph(space, stream);
    const auto bytes = structural_bytes(to_genome(graph).flat, space);
    const VertexSet live = live_vertices(graph);
    for (std::uint32_t v = 0; v < graph.vertices; ++v) {
      if (!(live >> v & 1)) continue;
      if (v > 0 && v < graph.output()) {
        // Operations then occur another number of times: the graphs cannot be isomorphic.
        Graph other = graph;
        other.operations[v] = (other.operations[v] + 1) % 3;
        ASSERT_NE(structural_bytes(to_genome(other).flat, space), bytes);
      }
      for (std::uint32_t to = v + 1; to < graph.vertices; ++to) {
        if (!(live >> to & 1)) continue;
        Graph other = graph;
        other.set_edge(v, to, !other.has_edge(v, to));
        ASSERT_NE(structural_bytes(to_genome(other).flat, space), bytes);
      }
    }
  }
}

}  // namespace
}  // namespace equivolve::search
