// All graphs of the NASBench-101 space (Ying et al. 2019, arXiv 1902.09635: three operations, at
// most 9 edges) with up to 5 vertices: structural and functional classes against exact truths found
// by brute force.
#pragma once

#include <cstdint>
#include <string>

#include "engine/study/study.hpp"
#include "search/genome/graph.hpp"

namespace equivolve::study {

/// Of a graph of at most 7 vertices with operations 0 to 3: the least writing over all numberings
/// of the vertices between input and output. Equal for isomorphic graphs and for no others.
std::uint64_t isomorphism_key(const search::Graph& graph);

/// What the output computes, written as a tree of operations and of what they read, in no
/// particular order: equal for graphs that compute the same whatever the operations do.
std::string computation_tree(const search::Graph& graph);

StudyResult graph_study(const StudySettings& settings);

}  // namespace equivolve::study
