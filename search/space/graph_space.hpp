// Which graphs a search may look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/genome/graph.hpp"

namespace equivolve::search {

struct GraphSpace {
  std::uint32_t vertices = 7;   ///< 2..64, input and output among them; every genome has this many
  std::uint32_t max_edges = 9;  ///< of the live graph, >= 1
  /// Names (is_operation_name), distinct, at most 255; a genome holds positions in this list. Not
  /// empty unless there are 2 vertices only.
  std::vector<std::string> operations;
  bool operator==(const GraphSpace&) const = default;
};

/// Whether the input reaches the output over at most max_edges live edges.
bool is_valid(const Graph& graph, const GraphSpace& space);

// What every representation offers; space.hpp says what each is for.
tl::expected<void, Error> check_genome(GenomeView flat, const GraphSpace& space);
std::string genome_text(GenomeView flat, const GraphSpace& space);
tl::expected<Genome, Error> parse_genome(std::string_view text, const GraphSpace& space);
/// 16 bytes: the structural hash of the live graph; graph_hash.hpp says what it promises.
std::vector<std::byte> structural_bytes(GenomeView flat, const GraphSpace& space);

}  // namespace equivolve::search
