// All graphs of the NASBench-101 space with up to 5 vertices (3 operations, at most 9 edges; Ying
// et al. 2019): structural classes against isomorphism, functional classes against the trees that
// graphs unfold to, both found by brute force.
#include <algorithm>
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

/// Calls f(graph) for every valid graph of 2 to 5 vertices, dead parts and all.
template <class F>
void each_graph(F f) {
  for (std::uint32_t vertices = 2; vertices <= 5; ++vertices) {
    const GraphSpace space = nasbench(vertices);
    std::uint64_t labellings = 1;
    for (std::uint32_t v = 1; v + 1 < vertices; ++v) labellings *= space.operations.size();
    for (std::uint64_t edges = 0; edges >> search::pair_count(vertices) == 0; ++edges)
      for (std::uint64_t labelling = 0; labelling < labellings; ++labelling) {
        Graph graph;
        graph.vertices = vertices;
        graph.edges[0] = edges;
        std::uint64_t rest = labelling;
        for (std::uint32_t v = 1; v + 1 < vertices; ++v, rest /= 3)
          graph.operations[v] = static_cast<std::uint8_t>(rest % 3);
        if (search::is_valid(graph, space)) f(graph);
      }
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
  // The counts of NASBench-101 (of its 423,624 graphs, 2,532 have up to 5 vertices).
  EXPECT_EQ(classes, (std::map<std::uint32_t, int>{{2, 1}, {3, 6}, {4, 84}, {5, 2441}}));
  EXPECT_EQ(canonical_of.size(), 2532u);
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
