// Runs a graph (search/genome/graph.hpp) as a cell: vectors of doubles flow from the input to the
// output; each vertex joins what it reads from and passes it through the function of its operation.
//
// Meaning:
//   - Only live vertices run.
//   - A join does not know its vertices' numbers: a sum adds its terms element by element in value
//     order (ascending in IEEE 754's total order, so -0 before +0), a concatenation puts the
//     vectors in value order one after the other (by the first element, then the second, ...). So
//     isomorphic graphs give the same bits, as do all graphs that unfold to the same tree of
//     computations.
//   - A sum that is not a number is the one quiet NaN, whichever way it came about.
//   - The output joins what it reads and does nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "search/genome/graph.hpp"

namespace equivolve::interpreters {

enum class Join : std::uint8_t { kSum, kConcatenate };

/// What the vertices of one operation do: reads the joined vector (width elements, or a multiple of
/// it where joins concatenate), writes all of `out` (width elements). Must be a pure function of
/// `in`.
using VertexFunction = std::function<void(std::span<const double> in, std::span<double> out)>;

struct CellRules {
  std::size_t width = 1;                   ///< of the input and of what each operation writes
  std::vector<VertexFunction> operations;  ///< by the operation's number
  Join join = Join::kSum;                  ///< between input and output
  Join output_join = Join::kSum;
};

/// Reusable: allocates only when something grows. Not synchronised.
class GraphMachine {
 public:
  explicit GraphMachine(CellRules rules);

  /// Takes over a graph whose operations the rules have. False where its input does not reach its
  /// output: there is nothing to run then.
  bool load(const search::Graph& graph);

  /// [load returned true; input.size() is the rules' width] The output, of width elements, or where
  /// the output concatenates a multiple of it. Valid until the next call.
  std::span<const double> run(std::span<const double> input);

 private:
  std::span<const double> value(std::uint32_t vertex) const {
    return {values_.data() + vertex * rules_.width, rules_.width};
  }
  std::span<const double> joined(std::uint32_t vertex, Join how);
  std::span<const double> sum(std::span<const std::uint32_t> sources);
  std::span<const double> concatenation(std::span<const std::uint32_t> sources);

  CellRules rules_;
  search::Graph graph_;                              // pruned
  std::vector<std::vector<std::uint32_t>> sources_;  // of each vertex
  std::vector<double> values_;                       // of each vertex
  std::vector<double> joined_;
};

}  // namespace equivolve::interpreters
