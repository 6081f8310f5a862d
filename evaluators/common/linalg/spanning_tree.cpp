#include "evaluators/common/linalg/spanning_tree.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

#include "evaluators/common/linalg/aligned_rows.hpp"

namespace equivolve::linalg {
namespace {

/// Sets of nodes, joined by and by (union by number, paths halved while they are walked).
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t nodes) : parent_(nodes) {
    std::iota(parent_.begin(), parent_.end(), 0u);
  }
  /// False where both were in one set already.
  bool join(std::uint32_t a, std::uint32_t b) {
    a = root(a);
    b = root(b);
    if (a == b) return false;
    parent_[std::max(a, b)] = std::min(a, b);
    return true;
  }

 private:
  std::uint32_t root(std::uint32_t a) {
    while (parent_[a] != a) a = parent_[a] = parent_[parent_[a]];
    return a;
  }
  std::vector<std::uint32_t> parent_;
};

}  // namespace

template <class Scalar>
std::vector<Edge> spanning_tree(const MatrixView<Scalar>& rows) {
  std::vector<Edge> tree;
  if (rows.rows == 0) return tree;
  const AlignedRows<Scalar> points(rows);
  struct Outside {
    std::uint32_t row, nearest;
    Scalar distance;
  };
  std::vector<Outside> outside;  // ascending rows
  for (std::uint32_t r = 1; r < rows.rows; ++r)
    outside.push_back({r, 0, std::numeric_limits<Scalar>::infinity()});
  std::uint32_t added = 0;
  while (!outside.empty()) {
    const auto here = points.row(added);
    std::size_t next = 0;
    for (std::size_t i = 0; i < outside.size(); ++i) {
      Outside& o = outside[i];
      const Scalar distance = points.squared_distance(o.row, here);
      if (distance < o.distance) {
        o.distance = distance;
        o.nearest = added;
      }
      if (o.distance < outside[next].distance) next = i;
    }
    const Outside& chosen = outside[next];
    tree.push_back({chosen.nearest, chosen.row, static_cast<double>(chosen.distance)});
    added = chosen.row;
    outside.erase(outside.begin() + static_cast<std::ptrdiff_t>(next));
  }
  return tree;
}

template std::vector<Edge> spanning_tree(const MatrixView<float>&);
template std::vector<Edge> spanning_tree(const MatrixView<double>&);

std::vector<Edge> spanning_forest(std::size_t nodes, std::span<const Edge> edges) {
  std::vector<Edge> sorted(edges.begin(), edges.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Edge& a, const Edge& b) { return a.weight < b.weight; });
  DisjointSets trees(nodes);
  std::vector<Edge> forest;
  for (const Edge& e : sorted) {
    assert(e.from < nodes && e.to < nodes);
    if (trees.join(e.from, e.to)) forest.push_back(e);
  }
  return forest;
}

}  // namespace equivolve::linalg
