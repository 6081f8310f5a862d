#include "search/genome/graph.hpp"

#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "hashing/stream.hpp"
#include "tests/search/support/graphs.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

Graph random_edges(std::uint32_t vertices, double density, Stream& stream) {
  Graph graph;
  graph.vertices = vertices;
  for (std::uint32_t from = 0; from < vertices; ++from)
    for (std::uint32_t to = from + 1; to < vertices; ++to)
      graph.set_edge(from, to, stream.chance(density));
  for (std::uint32_t v = 1; v + 1 < vertices; ++v)
    graph.operations[v] = static_cast<std::uint8_t>(stream.below(256));
  return graph;
}

TEST(Graph, LiesInTheGenomeAsDocumented) {
  const Graph graph = test::graph({{0, 7, 2, 0}, {{0, 1}, {0, 3}, {1, 3}, {2, 3}}});
  const Genome genome = to_genome(graph);
  const std::vector<unsigned> expected{4,       0, 0, 0, 0, 0, 0, 0,  // vertices, reserved
                                       0,       7, 2, 0,              // operations
                                       0b110101};                     // 0-1 0-2 0-3 1-2 1-3 2-3
  ASSERT_EQ(genome.flat.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(std::to_integer<unsigned>(genome.flat[i]), expected[i]) << "byte " << i;
  EXPECT_EQ(genome.representation, Representation::kGraph);
  EXPECT_EQ(graph_of(genome.flat).value(), graph);
}

TEST(Graph, EdgesAreWhatWasSetForEveryNumberOfVertices) {
  for (std::uint32_t vertices = kMinGraphVertices; vertices <= kMaxGraphVertices; ++vertices) {
    Stream stream(21, Purpose::kTest, vertices);
    const Graph graph = random_edges(vertices, 0.5, stream);
    Stream again(21, Purpose::kTest, vertices);
    for (std::uint32_t from = 0; from < vertices; ++from) {
      VertexSet targets = 0;
      for (std::uint32_t to = from + 1; to < vertices; ++to) {
        const bool present = again.chance(0.5);
        ASSERT_EQ(graph.has_edge(from, to), present) << vertices << ": " << from << "-" << to;
        if (present) targets |= VertexSet{1} << to;
      }
      ASSERT_EQ(graph.targets(from), targets) << vertices << ": " << from;
    }
    ASSERT_EQ(graph_of(to_genome(graph).flat).value(), graph);
  }
}

TEST(Graph, FlatFormIsCheckedByteByByte) {
  const Genome good = to_genome(test::graph({{0, 7, 2, 0}, {{0, 1}, {1, 3}}}));
  ASSERT_TRUE(graph_of(good.flat));
  struct Change {
    std::size_t at;
    unsigned value;
    const char* message;
  };
  const std::vector<Change> changes{{0, 5, "size"},
                                    {0, 1, "2 to 64"},
                                    {0, 65, "2 to 64"},
                                    {1, 1, "2 to 64"},
                                    {4, 1, "reserved"},
                                    {8, 1, "input or output"},
                                    {11, 1, "input or output"},
                                    {12, 0x40, "unused bits"},
                                    {12, 0x81, "unused bits"}};
  for (const Change& change : changes) {
    Genome bad = good;
    bad.flat[change.at] = static_cast<std::byte>(change.value);
    const auto read = graph_of(bad.flat);
    ASSERT_FALSE(read) << change.message;
    EXPECT_NE(read.error().message.find(change.message), std::string::npos) << read.error().message;
  }
  for (std::size_t size = 0; size < good.flat.size(); ++size)
    EXPECT_FALSE(graph_of(GenomeView(good.flat).first(size)));
  Genome longer = good;
  longer.flat.push_back(std::byte{0});
  EXPECT_FALSE(graph_of(longer.flat));
}

/// All vertices and edges on paths, found by walking every path.
struct Walked {
  VertexSet vertices = 0;
  std::set<std::pair<std::uint32_t, std::uint32_t>> edges;
};
Walked walk_all_paths(const Graph& graph) {
  Walked walked;
  std::vector<std::uint32_t> path{0};
  const std::function<void()> walk = [&] {
    const std::uint32_t at = path.back();
    if (at == graph.output()) {
      for (std::size_t i = 0; i < path.size(); ++i) {
        walked.vertices |= VertexSet{1} << path[i];
        if (i > 0) walked.edges.insert({path[i - 1], path[i]});
      }
      return;
    }
    for (std::uint32_t to = at + 1; to < graph.vertices; ++to) {
      if (!graph.has_edge(at, to)) continue;
      path.push_back(to);
      walk();
      path.pop_back();
    }
  };
  walk();
  return walked;
}

TEST(Graph, LivenessAgreesWithWalkingEveryPath) {
  int without_path = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    Stream stream(22, Purpose::kTest, i);
    const auto vertices = static_cast<std::uint32_t>(2 + stream.below(9));
    const Graph graph = random_edges(vertices, stream.uniform(0.1, 0.9), stream);
    const Walked walked = walk_all_paths(graph);
    const VertexSet live = live_vertices(graph);
    ASSERT_EQ(live, walked.vertices) << "graph " << i;
    ASSERT_EQ(live_edge_count(graph, live), walked.edges.size()) << "graph " << i;
    const Graph small = pruned(graph);
    without_path += live == 0;
    if (live == 0) {
      ASSERT_EQ(small, Graph{});
      continue;
    }
    // The pruned graph is that of the walked edges, numbered in order.
    std::vector<std::uint32_t> places(vertices);
    std::uint32_t next = 0;
    for (std::uint32_t v = 0; v < vertices; ++v)
      if (live >> v & 1) places[v] = next++;
    ASSERT_EQ(small.vertices, next);
    for (std::uint32_t v = 0; v < vertices; ++v)
      if (live >> v & 1) {
        ASSERT_EQ(small.operations[places[v]], graph.operations[v]);
      }
    std::size_t edges = 0;
    for (std::uint32_t from = 0; from < next; ++from)
      for (std::uint32_t to = from + 1; to < next; ++to) edges += small.has_edge(from, to);
    ASSERT_EQ(edges, walked.edges.size());
    for (const auto& [from, to] : walked.edges)
      ASSERT_TRUE(small.has_edge(places[from], places[to]));
    ASSERT_EQ(pruned(small), small);
  }
  EXPECT_GT(without_path, 500);
}

TEST(Graph, EveryVertexOfTheLargestCanBeLive) {
  Graph graph;
  graph.vertices = kMaxGraphVertices;
  for (std::uint32_t from = 0; from < 64; ++from)
    for (std::uint32_t to = from + 1; to < 64; ++to) graph.set_edge(from, to);
  const VertexSet live = live_vertices(graph);
  EXPECT_EQ(live, ~VertexSet{0});
  EXPECT_EQ(live_edge_count(graph, live), 2016u);
  EXPECT_EQ(pruned(graph), graph);
}

TEST(Graph, NamesOfOperations) {
  for (const char* good : {"conv3x3", "conv3x3-bn-relu", "a", "+", "max_pool.3", "1x1"})
    EXPECT_TRUE(is_operation_name(good)) << good;
  const std::string longest(63, 'a');
  EXPECT_TRUE(is_operation_name(longest));
  EXPECT_FALSE(is_operation_name(longest + "a"));
  for (const char* bad : {"", "input", "output", "a b", "a:b", "a,b", "a#b", "<-", "caf\xc3\xa9"})
    EXPECT_FALSE(is_operation_name(bad)) << bad;
}

}  // namespace
}  // namespace equivolve::search
