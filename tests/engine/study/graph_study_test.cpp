#include "engine/study/graph_study.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace equivolve::study {
namespace {

search::Graph graph(std::vector<std::uint8_t> operations,
                    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
  search::Graph out;
  out.vertices = static_cast<std::uint32_t>(operations.size()) + 2;
  for (std::size_t i = 0; i < operations.size(); ++i) out.operations[i + 1] = operations[i];
  for (const auto& [from, to] : edges) out.set_edge(from, to);
  return out;
}

TEST(IsomorphismKey, KnowsGraphsUnderOtherNumbers) {
  const auto a = graph({1, 2}, {{0, 1}, {0, 2}, {1, 3}, {2, 3}});
  const auto b = graph({2, 1}, {{0, 1}, {0, 2}, {1, 3}, {2, 3}});
  const auto other_edges = graph({1, 2}, {{0, 1}, {1, 2}, {2, 3}});
  const auto other_operations = graph({1, 1}, {{0, 1}, {0, 2}, {1, 3}, {2, 3}});
  EXPECT_EQ(isomorphism_key(a), isomorphism_key(b));
  EXPECT_NE(isomorphism_key(a), isomorphism_key(other_edges));
  EXPECT_NE(isomorphism_key(a), isomorphism_key(other_operations));
  // One after the other: the order of operations counts.
  EXPECT_NE(isomorphism_key(other_edges), isomorphism_key(graph({2, 1}, {{0, 1}, {1, 2}, {2, 3}})));
}

// One vertex read twice computes what two alike compute.
TEST(ComputationTree, UnfoldsWhatIsShared) {
  const auto shared = graph({0, 1, 2}, {{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 4}});
  search::Graph apart = graph({0, 0, 1, 2}, {{0, 1}, {0, 2}, {1, 3}, {2, 4}, {3, 5}, {4, 5}});
  EXPECT_EQ(computation_tree(shared), computation_tree(apart));
  EXPECT_NE(computation_tree(shared),
            computation_tree(graph({0, 1, 1}, {{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 4}})));
}

TEST(GraphStudy, FindsTheClassesOfBruteForce) {
  const StudyResult result = graph_study({});
  ASSERT_EQ(result.tables.size(), 1u);
  const auto& rows = result.tables[0].rows;
  ASSERT_EQ(rows.size(), 4u);
  const auto count = [](const Cell& cell) { return std::get<std::uint64_t>(cell); };
  EXPECT_EQ(count(rows[0][3]), 2532u);  // isomorphism: 1 + 6 + 84 + 2441
  for (const auto& row : rows) {
    EXPECT_EQ(count(row[3]), count(row[4]));
    EXPECT_EQ(count(row[5]), 0u);
    EXPECT_EQ(count(row[6]), 0u);
  }
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_LT(count(rows[i][4]), 2532u);
}

}  // namespace
}  // namespace equivolve::study
