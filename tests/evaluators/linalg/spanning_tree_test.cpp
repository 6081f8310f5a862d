#include "evaluators/common/linalg/spanning_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/evaluators/linalg/random_matrix.hpp"

namespace equivolve::linalg {
namespace {

template <class Scalar>
std::vector<Edge> complete_graph(const Matrix<Scalar>& x) {
  std::vector<Edge> edges;
  for (std::uint32_t a = 0; a < x.rows; ++a)
    for (std::uint32_t b = a + 1; b < x.rows; ++b) {
      double sum = 0;
      for (std::size_t c = 0; c < x.columns; ++c) {
        const double d = static_cast<double>(x(a, c)) - static_cast<double>(x(b, c));
        sum += d * d;
      }
      edges.push_back({a, b, sum});
    }
  return edges;
}

std::vector<double> weights(const std::vector<Edge>& edges) {
  std::vector<double> out;
  for (const Edge& e : edges) out.push_back(e.weight);
  std::sort(out.begin(), out.end());
  return out;
}

/// Whether the edges join all nodes without a circle.
bool is_tree(const std::vector<Edge>& edges, std::size_t nodes) {
  std::vector<std::size_t> group(nodes);
  std::iota(group.begin(), group.end(), 0u);
  for (const Edge& e : edges) {
    const std::size_t from = group[e.from], to = group[e.to];
    if (from == to) return false;
    for (std::size_t& g : group)
      if (g == from) g = to;
  }
  return edges.size() + 1 == nodes;
}

/// The least sum over all sets of nodes - 1 edges that are trees.
double least_tree(const std::vector<Edge>& edges, std::size_t nodes) {
  std::vector<char> chosen(edges.size(), 0);
  std::fill(chosen.end() - static_cast<std::ptrdiff_t>(nodes - 1), chosen.end(), 1);
  double least = std::numeric_limits<double>::infinity();
  do {
    std::vector<Edge> some;
    double sum = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (!chosen[i]) continue;
      some.push_back(edges[i]);
      sum += edges[i].weight;
    }
    if (sum < least && is_tree(some, nodes)) least = sum;
  } while (std::next_permutation(chosen.begin(), chosen.end()));
  return least;
}

double sum(const std::vector<Edge>& edges) {
  double total = 0;
  for (const Edge& e : edges) total += e.weight;
  return total;
}

TEST(SpanningTree, OfPointsOnALine) {
  Matrix<double> x(4, 1);
  x.values = {0, 10, 1, 4};
  EXPECT_EQ(spanning_tree(x.view()), (std::vector<Edge>{{0, 2, 1}, {2, 3, 9}, {3, 1, 36}}));
}

TEST(SpanningTree, WeighsTheLeastOfAllTrees) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto x = test::random_matrix<double>(5, 2, seed);
    const auto edges = complete_graph(x);
    const double least = least_tree(edges, 5);
    const auto prim = spanning_tree(x.view());
    const auto kruskal = spanning_forest(5, edges);
    EXPECT_TRUE(is_tree(prim, 5) && is_tree(kruskal, 5));
    EXPECT_NEAR(sum(prim), least, 1e-12);
    EXPECT_NEAR(sum(kruskal), least, 1e-12);
  }
}

// All minimum spanning trees of a graph have the same weights.
template <class Scalar>
void expect_prim_like_kruskal() {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto x = test::random_grid<Scalar>(120, 5, 6, seed);  // exact distances, many ties
    const auto prim = spanning_tree(x.view());
    EXPECT_TRUE(is_tree(prim, 120));
    EXPECT_EQ(weights(prim), weights(spanning_forest(120, complete_graph(x))));
    EXPECT_EQ(prim, spanning_tree(x.view()));
  }
}
TEST(SpanningTree, ByPrimIsThatByKruskal) {
  expect_prim_like_kruskal<double>();
  expect_prim_like_kruskal<float>();
}

TEST(SpanningTree, OfFewPoints) {
  EXPECT_TRUE(spanning_tree(Matrix<double>(0, 2).view()).empty());
  EXPECT_TRUE(spanning_tree(Matrix<double>(1, 2).view()).empty());
  EXPECT_EQ(spanning_tree(Matrix<double>(3, 2).view()), (std::vector<Edge>{{0, 1, 0}, {0, 2, 0}}));
}

TEST(SpanningForest, HasATreeForEachComponent) {
  const std::vector<Edge> edges{{0, 1, 5}, {1, 2, -1}, {2, 0, 4}, {3, 4, 2}, {4, 3, 2}, {5, 5, 0}};
  EXPECT_EQ(spanning_forest(6, edges), (std::vector<Edge>{{1, 2, -1}, {3, 4, 2}, {2, 0, 4}}));
}

}  // namespace
}  // namespace equivolve::linalg
