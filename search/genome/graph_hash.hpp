// The structural hash of graphs that functional hashing is compared with: Weisfeiler and Lehman's
// colour refinement, as NASBench-101 tells its cells apart (Ying et al. 2019, arXiv 1902.09635).
// Each vertex starts with a hash of its degrees and its label (input, output, or its operation); in
// each of as many rounds as there are vertices it is hashed anew with the sorted colours of the
// vertices that it reads from, and of those that read from it; the sorted colours at the end are
// the graph's.
//
// What is promised, up to collisions of 128 bits:
//   - Isomorphic graphs have equal hashes (whatever their vertices' numbers).
//   - Graphs of equal hash compute the same wherever a vertex is a function of its label and of the
//     multiset of values that it reads: refinement tells apart all vertices whose computations,
//     unfolded to trees, differ.
//   - The reverse of the first does not hold in general: refinement cannot tell a cycle of eight
//     from two cycles of four, for one, and two such layers between input and output make graphs of
//     ten vertices. Only an evaluator that gives each vertex something of its own, as trained
//     weights, could tell their behaviour apart. Up to 5 vertices, equal hashes mean isomorphic
//     graphs (tests/evaluators/graph_classes_test.cpp compares all of them).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "search/genome/graph.hpp"

namespace equivolve::search {

/// Of the graph as it is; prune it first. Two lanes of 64 bits, each mixed in its own way.
/// [any-thread]
std::array<std::uint64_t, 2> structural_hash(const Graph& graph);

using VertexHash = std::array<std::uint64_t, 2>;
/// The colours at the end, by the vertices' numbers: an order of vertices that does not depend on
/// how they are numbered, but for those that refinement cannot tell apart. [any-thread]
std::vector<VertexHash> vertex_hashes(const Graph& graph);

}  // namespace equivolve::search
