// All graphs of the NASBench-101 space with up to 5 vertices (3 operations, at most 9 edges; Ying
// et al. 2019): structural classes against isomorphism, functional classes against the trees that
// graphs unfold to, both found by brute force.
#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "hashing/equivalence_cache.hpp"
#include "hashing/sink.hpp"
#include "search/genome/graph_hash.hpp"
#include "search/space/graph_space.hpp"
#include "tests/evaluators/support/cells.hpp"

namespace equivolve::interpreters {
namespace {

using search::Graph;
using search::GraphSpace;
using test::cell_inputs;
using test::random_cell_rules;

GraphSpace nasbench(std::uint32_t vertices) {
  return {vertices, 9, {"conv3x3", "conv1x1", "maxpool3x3"}};
}

/// Calls f(graph) with every choice of operations for a graph.
template <class F>
void each_labelling(Graph graph, F f) {
  std::uint32_t v = 1;
  while (v < graph.output()) {
    f(graph);
    // Counting up to the base of 3.
    for (v = 1; v < graph.output() && graph.operations[v] == 2; ++v) graph.operations[v] = 0;
    if (v < graph.output()) ++graph.operations[v];
  }
  if (graph.vertices == 2) f(graph);
}

/// Calls f(graph) for every valid graph of 2 to 5 vertices, dead parts and all.
template <class F>
void each_graph(F f) {
  for (std::uint32_t vertices = 2; vertices <= 5; ++vertices)
    for (std::uint64_t edges = 0; edges >> search::pair_count(vertices) == 0; ++edges) {
      Graph graph;
      graph.vertices = vertices;
      graph.edges[0] = edges;
      if (search::is_valid(graph, nasbench(vertices))) each_labelling(graph, f);
    }
}

/// The smallest writing of a graph among all numberings of the vertices between input and output:
/// equal for isomorphic graphs and for no others.
std::string canonical(const Graph& graph) {
  std::vector<std::uint32_t> order(graph.vertices);  // the vertex at each place
  std::iota(order.begin(), order.end(), 0u);
  std::string smallest;
  do {
    std::string written;
    for (const std::uint32_t a : order) {
      written += static_cast<char>('0' + graph.operations[a]);
      for (const std::uint32_t b : order) written += a < b && graph.has_edge(a, b) ? '1' : '0';
    }
    if (smallest.empty() || written < smallest) smallest = written;
  } while (std::next_permutation(order.begin() + 1, order.end() - 1));
  return smallest;
}

/// What a vertex computes, written as a tree: its operation, and what it reads in any order.
std::string unfolded(const Graph& graph, std::uint32_t vertex) {
  std::vector<std::string> parts;
  for (std::uint32_t from = 0; from < vertex; ++from)
    if (graph.has_edge(from, vertex)) parts.push_back(unfolded(graph, from));
  std::sort(parts.begin(), parts.end());
  std::string out = vertex == 0 ? "x" : std::to_string(graph.operations[vertex]);
  for (const std::string& part : parts) out += "(" + part + ")";
  return out;
}

std::string structural(const Graph& graph) {
  const auto bytes = structural_bytes(to_genome(graph).flat, nasbench(graph.vertices));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(GraphClasses, StructuralClassesAreIsomorphismClasses) {
  std::map<std::string, std::string> structural_of, canonical_of;
  std::map<std::uint32_t, int> classes;  // by live vertices
  each_graph([&](const Graph& graph) {
    const Graph live = pruned(graph);
    const std::string shape = canonical(live), hash = structural(graph);
    if (structural_of.emplace(shape, hash).second) ++classes[live.vertices];
    canonical_of.emplace(hash, shape);
    ASSERT_EQ(structural_of[shape], hash) << "isomorphic graphs have different hashes";
    ASSERT_EQ(canonical_of[hash], shape) << "different graphs have one hash";
  });
  EXPECT_EQ(classes, (std::map<std::uint32_t, int>{{2, 1}, {3, 6}, {4, 84}, {5, 2441}}));
  EXPECT_EQ(canonical_of.size(), 2532u);
}

// "423k unique architectures" (Ying et al. 2019): their published table has 423,624.
TEST(GraphClasses, TheWholeSpaceOfNasbenchHasItsPublishedSize) {
  std::vector<std::size_t> classes;
  for (std::uint32_t vertices = 2; vertices <= 7; ++vertices) {
    std::vector<std::array<std::uint64_t, 2>> hashes;
    for (std::uint64_t edges = 0; edges >> search::pair_count(vertices) == 0; ++edges) {
      Graph graph;
      graph.vertices = vertices;
      graph.edges[0] = edges;
      // Graphs with dead vertices are those of fewer vertices again.
      if (std::popcount(edges) <= 9 &&
          std::popcount(live_vertices(graph)) == static_cast<int>(vertices))
        each_labelling(graph,
                       [&](const Graph& labelled) { hashes.push_back(structural_hash(labelled)); });
    }
    std::sort(hashes.begin(), hashes.end());
    const auto end = std::unique(hashes.begin(), hashes.end());
    classes.push_back(static_cast<std::size_t>(end - hashes.begin()));
  }
  EXPECT_EQ(classes, (std::vector<std::size_t>{1, 6, 84, 2441, 62010, 359082}));
  EXPECT_EQ(std::accumulate(classes.begin(), classes.end(), std::size_t{0}), 423624u);
}

struct Joins {
  Join join, output_join;
};
class FunctionalClasses : public testing::TestWithParam<Joins> {};
INSTANTIATE_TEST_SUITE_P(EveryJoin, FunctionalClasses,
                         testing::Values(Joins{Join::kSum, Join::kSum},
                                         Joins{Join::kSum, Join::kConcatenate},
                                         Joins{Join::kConcatenate, Join::kConcatenate}));

TEST_P(FunctionalClasses, AreTheTreesThatGraphsUnfoldTo) {
  GraphMachine machine(random_cell_rules(3, GetParam().join, GetParam().output_join));
  const auto inputs = cell_inputs(3);
  hashing::OutputSink sink;
  hashing::EquivalenceCache cache({});
  hashing::Ticket ticket = 0;
  std::map<std::string, hashing::ClassId> class_of_tree, class_of_shape;
  std::map<hashing::ClassId, std::string> tree_of;
  std::map<std::string, std::vector<double>> outputs_of_shape;
  each_graph([&](const Graph& graph) {
    ASSERT_TRUE(machine.load(graph));
    sink.clear();
    std::vector<double> outputs;
    for (const auto& input : inputs) {
      const auto output = machine.run(input);
      sink.values(output);
      outputs.insert(outputs.end(), output.begin(), output.end());
    }
    const hashing::ClassId found = cache.look_up(sink.finish(), 0, ticket++).cls;
    const Graph live = pruned(graph);
    const std::string shape = canonical(live), tree = unfolded(live, live.output());
    ASSERT_EQ(outputs_of_shape.emplace(shape, outputs).first->second, outputs)
        << "isomorphic graphs differ in a bit";
    ASSERT_EQ(class_of_shape.emplace(shape, found).first->second, found);
    ASSERT_EQ(class_of_tree.emplace(tree, found).first->second, found)
        << "equal computations in different classes";
    ASSERT_EQ(tree_of.emplace(found, tree).first->second, tree)
        << "different computations in one class";
  });
  EXPECT_EQ(class_of_shape.size(), 2532u);
  EXPECT_LT(cache.accounting().classes, class_of_shape.size());
  EXPECT_EQ(cache.accounting().classes, class_of_tree.size());
  RecordProperty("functional_classes", static_cast<int>(cache.accounting().classes));
}

/// Input and output joined by four vertices and four more, each of the first read by two of the
/// second.
Graph layered(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& between) {
  Graph graph;
  graph.vertices = 10;
  for (std::uint32_t v = 1; v <= 4; ++v) graph.set_edge(0, v);
  for (const auto& [upper, lower] : between) graph.set_edge(1 + upper, 5 + lower);
  for (std::uint32_t v = 5; v <= 8; ++v) graph.set_edge(v, 9);
  return graph;
}

TEST(GraphClasses, RefinementConfusesGraphsThatComputeTheSame) {
  const Graph ring = layered({{0, 0}, {0, 1}, {1, 1}, {1, 2}, {2, 2}, {2, 3}, {3, 3}, {3, 0}});
  const Graph two_rings = layered({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 2}, {2, 3}, {3, 2}, {3, 3}});
  ASSERT_NE(canonical(ring), canonical(two_rings)) << "not isomorphic";
  EXPECT_EQ(structural_hash(ring), structural_hash(two_rings));
  GraphMachine machine(random_cell_rules(1, Join::kSum, Join::kSum));
  for (const auto& input : cell_inputs(3)) {
    ASSERT_TRUE(machine.load(ring));
    const auto first = machine.run(input);
    const std::vector<double> of_ring(first.begin(), first.end());
    ASSERT_TRUE(machine.load(two_rings));
    const auto second = machine.run(input);
    EXPECT_EQ(of_ring, std::vector<double>(second.begin(), second.end()));
  }
}

}  // namespace
}  // namespace equivolve::interpreters
