// A graph genome as a drawing. Graphviz's program `dot` says where everything lies: as a program,
// not as a library, since its licence (EPL-1.0) does not go with the GPL of the dashboard's binary,
// and since a program can be missing, hang or crash without harm.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/records.hpp"

namespace equivolve::gui {

/// Vertices in their topological order, input first, output last.
struct GenomeGraph {
  struct Vertex {
    std::string name;  ///< "input", "output", or its operation
    bool live = true;  ///< on a path from input to output
  };
  struct Edge {
    std::size_t from = 0, to = 0;
    bool live = true;  ///< joins live vertices
  };
  std::vector<Vertex> vertices;
  std::vector<Edge> edges;
};

/// Nothing where the representation is not `graph` or the genome cannot be read, which genome_text
/// says. `config_resolved`: the run's, for the names of operations.
std::optional<GenomeGraph> genome_graph(const std::string& representation,
                                        const std::string& config_resolved,
                                        const std::vector<std::byte>& flat);

/// Places in points of 1/72 inch, y upwards from the lower left corner.
struct GraphLayout {
  struct Point {
    double x = 0, y = 0;
  };
  struct Box {
    Point middle;
    double width = 0, height = 0;
  };
  double width = 0, height = 0;
  std::vector<Box> vertices;              ///< as in the graph
  std::vector<std::vector<Point>> edges;  ///< as in the graph; Bezier curves, 3 n + 1 points each
};

/// The graph in dot's language.
std::string to_dot(const GenomeGraph& graph);
/// What `dot -Tplain` answered to that (graphviz.org/docs/outputs/plain); nothing where it is not
/// the layout of this graph.
std::optional<GraphLayout> parse_layout(const GenomeGraph& graph, std::string_view plain);

}  // namespace equivolve::gui
