// Minimum spanning trees. Sources: Prim 1957, "Shortest connection networks and some
// generalizations"; Kruskal 1956, "On the shortest spanning subtree of a graph and the traveling
// salesman problem".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

struct Edge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  double weight = 0;

  bool operator==(const Edge&) const = default;
};

/// Of the complete graph of the rows, weighted by squared Euclidean distance: Prim's algorithm from
/// row 0 on, distances worked out on the way. rows - 1 edges in the order in which they were added,
/// `to` the row added; of equally near rows the one with the least number, to the row that was
/// added first. O(rows^2 columns) time, O(rows) space beside a copy of the rows. Scalar: float or
/// double, finite. [any-thread]
template <class Scalar>
std::vector<Edge> spanning_tree(const MatrixView<Scalar>& rows);

extern template std::vector<Edge> spanning_tree(const MatrixView<float>&);
extern template std::vector<Edge> spanning_tree(const MatrixView<double>&);

/// Of a graph by its edges, between nodes 0 to nodes - 1: Kruskal's algorithm. A tree for each
/// connected component; ascending weights, of equal ones in the order given. Weights are numbers of
/// any sign. O(edges log edges). [any-thread]
std::vector<Edge> spanning_forest(std::size_t nodes, std::span<const Edge> edges);

}  // namespace equivolve::linalg
