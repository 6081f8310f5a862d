#include "search/variation/graph_variation.hpp"

#include <bit>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "tests/search/support/graphs.hpp"
#include "tests/search/support/shares.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using test::expect_share;

Graph graph_in(const Genome& genome) {
  return graph_of(genome.flat).value();
}

TEST(GraphVariation, ChildrenStayWithinTheSpace) {
  for (const GraphSpace& space : test::graph_spaces()) {
    Stream stream(1, Purpose::kTest, space.vertices);
    std::map<Operator, int> counts;
    const int rounds = space.vertices < 64 ? 6000 : 400;
    for (int i = 0; i < rounds; ++i) {
      Genome a = random_genome(space, stream);
      const Genome b = random_genome(space, stream);
      ASSERT_TRUE(check_genome(a.flat, space));
      for (int m = 0; m < 3; ++m) {
        const Bred child = mutate_genome(a.flat, space, stream);
        ASSERT_TRUE(check_genome(child.genome.flat, space))
            << check_genome(child.genome.flat, space).error().message;
        ASSERT_EQ(child.genome == a, child.op == Operator::kCopy);
        ++counts[child.op];
        a = child.genome;
      }
      const Bred crossed = cross_genomes(a.flat, b.flat, space, stream);
      ASSERT_TRUE(check_genome(crossed.genome.flat, space));
      ++counts[crossed.op];
    }
    // A single graph can only be copied; anywhere else something changes.
    if (space.vertices == 2)
      EXPECT_EQ(counts[Operator::kChangeGraph], 0);
    else
      EXPECT_GT(counts[Operator::kChangeGraph], rounds * 3 * 0.999)
          << space.vertices << " vertices, " << space.max_edges << " edges";
    EXPECT_GT(counts[Operator::kCrossover], rounds / 2);
  }
}

TEST(GraphVariation, IsAPureFunctionOfTheStream) {
  const GraphSpace space = test::nasbench_space();
  Stream one(1, Purpose::kTest, 9), same(1, Purpose::kTest, 9), other(1, Purpose::kTest, 10);
  const Genome p = random_genome(space, one);
  EXPECT_EQ(p, random_genome(space, same));
  const Genome q = random_genome(space, other);
  EXPECT_NE(p, q);
  EXPECT_EQ(mutate_genome(p.flat, space, one).genome, mutate_genome(p.flat, space, same).genome);
  EXPECT_EQ(cross_genomes(p.flat, q.flat, space, one).genome,
            cross_genomes(p.flat, q.flat, space, same).genome);
}

TEST(GraphVariation, RandomGraphsReachEveryEdgeAndOperationAlike) {
  // Six vertices, all edges allowed: only graphs without a path are drawn again.
  const GraphSpace space{6, 15, {"a", "b", "c"}};
  Stream stream(2, Purpose::kTest, 0);
  constexpr int n = 20000;
  std::array<int, 3> operations{};
  int inner_edge = 0;
  for (int i = 0; i < n; ++i) {
    const Graph graph = random_graph(space, stream);
    ++operations[graph.operations[3]];
    // The edges into a vertex and out of it are alike; 2-3 lies in the middle of both.
    inner_edge += graph.has_edge(2, 3);
  }
  for (const int count : operations) expect_share(count, n, 1.0 / 3, "operation");
  // 1/2 but for the graphs without a path, which lack edges rather: exact by enumeration.
  int valid = 0, with_edge = 0;
  for (std::uint64_t edges = 0; edges < 1u << 15; ++edges) {
    Graph graph;
    graph.vertices = 6;
    graph.edges[0] = edges;
    if (!is_valid(graph, space)) continue;
    ++valid;
    with_edge += graph.has_edge(2, 3);
  }
  expect_share(inner_edge, n, static_cast<double>(with_edge) / valid, "edge 2-3");
}

TEST(GraphVariation, ChainsStandInWhereDrawsAreInVain) {
  // 2,016 pairs at one edge each hardly ever hold the one edge from input to output alone.
  const GraphSpace space{64, 3, {"a", "b"}};
  Stream stream(3, Purpose::kTest, 0);
  std::map<int, int> lengths;
  constexpr int n = 3000;
  for (int i = 0; i < n; ++i) {
    const Graph graph = random_graph(space, stream);
    ASSERT_TRUE(is_valid(graph, space));
    ++lengths[std::popcount(live_vertices(graph))];
  }
  // 0, 1 or 2 vertices between input and output.
  for (int length = 2; length <= 4; ++length) EXPECT_GT(lengths[length], n / 5) << length;
}

TEST(GraphVariation, MutationFlipsEdgesAndChangesOperationsAsDocumented) {
  // All edges present: hardly a mutant is invalid, so the rates are those of the draws, but for the
  // mutants equal to the parent, which are drawn again.
  const GraphSpace space{7, 21, {"a", "b", "c", "d"}};
  Graph parent;
  parent.vertices = 7;
  for (std::uint32_t v = 0; v < 7; ++v) {
    if (v > 0 && v < 6) parent.operations[v] = static_cast<std::uint8_t>(v % 4);
    for (std::uint32_t to = v + 1; to < 7; ++to) parent.set_edge(v, to);
  }
  const Genome genome = to_genome(parent);
  Stream stream(4, Purpose::kTest, 0);
  constexpr int n = 40000;
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> flips;
  std::map<std::uint32_t, std::map<int, int>> operations;
  for (int i = 0; i < n; ++i) {
    const Graph child = graph_in(mutate_genome(genome.flat, space, stream).genome);
    for (std::uint32_t v = 0; v < 7; ++v) {
      ++operations[v][child.operations[v]];
      for (std::uint32_t to = v + 1; to < 7; ++to) flips[{v, to}] += !child.has_edge(v, to);
    }
  }
  const double different = 1 - std::pow(6.0 / 7, 21) * std::pow(4.0 / 5, 5);
  for (const auto& [edge, count] : flips)
    expect_share(count, n, 1.0 / 7 / different,
                 "edge " + std::to_string(edge.first) + "-" + std::to_string(edge.second));
  for (std::uint32_t v = 1; v < 6; ++v)
    for (int operation = 0; operation < 4; ++operation)
      if (operation != parent.operations[v])
        expect_share(operations[v][operation], n, 1.0 / 5 / 3 / different,
                     "vertex " + std::to_string(v));
  EXPECT_EQ(operations[0][0], n);
  EXPECT_EQ(operations[6][0], n);
}

TEST(GraphVariation, CrossoverTakesEachPartFromEitherParent) {
  const GraphSpace space = test::nasbench_space();
  Stream stream(5, Purpose::kTest, 0);
  int from_second = 0, differing = 0;
  for (int i = 0; i < 5000; ++i) {
    const Genome first = random_genome(space, stream), second = random_genome(space, stream);
    const Graph a = graph_in(first), b = graph_in(second);
    const Graph child = graph_in(cross_genomes(first.flat, second.flat, space, stream).genome);
    const std::uint64_t apart = a.edges[0] ^ b.edges[0];
    ASSERT_EQ((child.edges[0] ^ a.edges[0]) & ~apart, 0u);
    differing += std::popcount(apart);
    from_second += std::popcount((child.edges[0] ^ a.edges[0]) & apart);
    for (std::uint32_t v = 1; v < 6; ++v) {
      ASSERT_TRUE(child.operations[v] == a.operations[v] || child.operations[v] == b.operations[v]);
      if (a.operations[v] == b.operations[v]) continue;
      ++differing;
      from_second += child.operations[v] == b.operations[v];
    }
  }
  // Redrawing for validity cannot favour one of two parents drawn alike; copies of the first are
  // rare.
  expect_share(from_second, differing, 0.5, "parts of the second parent");
}

}  // namespace
}  // namespace equivolve::search
