#include "gui/models/genome_graph.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "gui/models/space_names.hpp"
#include "search/genome/graph.hpp"

namespace equivolve::gui {

std::optional<GenomeGraph> genome_graph(const std::string& representation,
                                        const std::string& config_resolved,
                                        const std::vector<std::byte>& flat) {
  if (representation != "graph") return std::nullopt;
  const auto graph = search::graph_of(flat);
  if (!graph) return std::nullopt;
  const std::vector<std::string> operations = operation_names(*graph, space_of(config_resolved));
  const search::VertexSet live = search::live_vertices(*graph);
  const auto is_live = [live](std::uint32_t vertex) { return (live >> vertex & 1) != 0; };
  GenomeGraph found;
  for (std::uint32_t v = 0; v < graph->vertices; ++v) {
    const std::string name = v == 0                 ? "input"
                             : v == graph->output() ? "output"
                                                    : operations[graph->operations[v]];
    found.vertices.push_back({name, is_live(v)});
    for (std::uint32_t to = v + 1; to < graph->vertices; ++to)
      if (graph->has_edge(v, to)) found.edges.push_back({v, to, is_live(v) && is_live(to)});
  }
  return found;
}

std::string to_dot(const GenomeGraph& graph) {
  std::string dot = "digraph {\nnode [shape=box fontname=\"sans\" fontsize=11 height=0.3]\n";
  for (std::size_t v = 0; v < graph.vertices.size(); ++v) {
    dot += "v" + std::to_string(v) + " [label=\"";
    for (const char c : std::to_string(v) + ": " + graph.vertices[v].name) {
      if (c == '"' || c == '\\') dot += '\\';
      dot += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    dot += "\"]\n";
  }
  for (const GenomeGraph::Edge& edge : graph.edges)
    dot += "v" + std::to_string(edge.from) + " -> v" + std::to_string(edge.to) + "\n";
  return dot + "}\n";
}

namespace {

constexpr double kPointsPerInch = 72;

class PlainReader {
 public:
  PlainReader(const GenomeGraph& graph, std::string_view plain) : graph_(graph), plain_(plain) {
    layout_.vertices.resize(graph.vertices.size());
    layout_.edges.resize(graph.edges.size());
  }

  std::optional<GraphLayout> read() {
    std::istringstream lines{std::string(plain_)};
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string kind;
      words >> kind;
      if (kind == "stop") break;
      const bool good = kind == "graph"  ? read_graph(words)
                        : kind == "node" ? read_vertex(words)
                        : kind == "edge" ? read_edge(words)
                                         : false;
      if (!good) return std::nullopt;
    }
    const bool all =
        layout_.width > 0 &&
        std::ranges::all_of(layout_.vertices, [](auto& box) { return box.width > 0; }) &&
        std::ranges::none_of(layout_.edges, [](auto& curve) { return curve.empty(); });
    return all ? std::optional(std::move(layout_)) : std::nullopt;
  }

 private:
  static bool read_length(std::istringstream& words, double& points) {
    double inches = 0;
    if (!(words >> inches) || !std::isfinite(inches)) return false;
    points = inches * kPointsPerInch;
    return true;
  }
  static bool read_point(std::istringstream& words, GraphLayout::Point& point) {
    return read_length(words, point.x) && read_length(words, point.y);
  }
  /// "v12"; the number of vertices where it is none of them.
  std::size_t read_name(std::istringstream& words) const {
    char v = 0;
    std::size_t number = 0;
    const bool good = words >> v >> number && v == 'v' && number < graph_.vertices.size();
    return good ? number : graph_.vertices.size();
  }

  bool read_graph(std::istringstream& words) {
    double scale = 0;
    return words >> scale && read_length(words, layout_.width) &&
           read_length(words, layout_.height);
  }
  bool read_vertex(std::istringstream& words) {
    const std::size_t number = read_name(words);
    if (number == graph_.vertices.size()) return false;
    GraphLayout::Box& box = layout_.vertices[number];
    return read_point(words, box.middle) && read_length(words, box.width) &&
           read_length(words, box.height);
  }
  bool read_edge(std::istringstream& words) {
    const std::size_t from = read_name(words), to = read_name(words);
    const auto edge = std::ranges::find_if(
        graph_.edges, [&](const auto& e) { return e.from == from && e.to == to; });
    constexpr std::size_t kMostPoints = 10'000;
    std::size_t count = 0;
    if (edge == graph_.edges.end() || !(words >> count) || count < 4 || count % 3 != 1 ||
        count > kMostPoints)
      return false;
    auto& curve = layout_.edges[static_cast<std::size_t>(edge - graph_.edges.begin())];
    curve.resize(count);
    return std::ranges::all_of(curve, [&](auto& point) { return read_point(words, point); });
  }

  const GenomeGraph& graph_;
  std::string_view plain_;
  GraphLayout layout_;
};

}  // namespace

std::optional<GraphLayout> parse_layout(const GenomeGraph& graph, std::string_view plain) {
  return PlainReader(graph, plain).read();
}

}  // namespace equivolve::gui
