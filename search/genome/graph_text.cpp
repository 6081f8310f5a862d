// The text form of graphs, both ways. See graph.hpp for an example.
#include <algorithm>
#include <charconv>
#include <optional>

#include "search/genome/graph.hpp"
#include "search/genome/nearest_name.hpp"

namespace equivolve::search {
namespace {

constexpr std::string_view kInputName = "input";
constexpr std::string_view kOutputName = "output";

/// Reads one line; every take skips blanks first and leaves the place untouched when it fails.
class GraphLine {
 public:
  GraphLine(std::string_view line, std::size_t number)
      : line_(line.substr(0, line.find('#'))), number_(number) {}

  bool take(std::string_view mark) {
    skip();
    if (line_.substr(at_, mark.size()) != mark) return false;
    at_ += mark.size();
    return true;
  }
  std::optional<std::uint32_t> take_number() {
    skip();
    std::uint32_t value = 0;
    const auto [end, code] =
        std::from_chars(line_.data() + at_, line_.data() + line_.size(), value);
    if (code != std::errc()) return std::nullopt;
    at_ = static_cast<std::size_t>(end - line_.data());
    return value;
  }
  std::string_view take_name() {
    skip();
    const std::size_t end = std::min(line_.find_first_of(" \t\r:,<", at_), line_.size());
    const std::string_view name = line_.substr(at_, end - at_);
    at_ = end;
    return name;
  }
  bool done() {
    skip();
    return at_ == line_.size();
  }
  std::size_t place() {
    skip();
    return at_;
  }
  tl::unexpected<Error> fail(std::string message, std::optional<std::size_t> place = {}) {
    return tl::unexpected<Error>(
        Error{std::move(message), number_, place.value_or(this->place()) + 1});
  }

 private:
  void skip() { at_ = std::min(line_.find_first_not_of(" \t\r", at_), line_.size()); }
  std::string_view line_;
  std::size_t number_;
  std::size_t at_ = 0;
};

std::string one_of(std::span<const std::string> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < 12; ++i) out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 12 ? out + ", ..." : out;
}

std::string vertex_name(std::uint32_t vertex) {
  return "vertex " + std::to_string(vertex);
}

/// Builds the graph line by line.
class GraphParser {
 public:
  GraphParser(std::span<const std::string> operations, std::uint32_t vertices)
      : operations_(operations) {
    graph_.vertices = vertices;
  }

  bool complete() const { return complete_; }
  std::uint32_t next() const { return next_; }
  const Graph& graph() const { return graph_; }

  tl::expected<void, Error> read(GraphLine& in) {
    if (complete_) return in.fail("unexpected text after the output");
    const std::size_t start = in.place();
    const auto number = in.take_number();
    if (!number || *number != next_)
      return in.fail("expected '" + std::to_string(next_) + ":', the next vertex", start);
    if (next_ >= graph_.vertices)
      return in.fail("more vertices than the space has (" + std::to_string(graph_.vertices) + ")",
                     start);
    if (!in.take(":")) return in.fail("expected ':'");
    if (auto named = read_name(in); !named) return named;
    if (auto sources = read_sources(in); !sources) return sources;
    ++next_;
    return {};
  }

 private:
  tl::expected<void, Error> read_name(GraphLine& in) {
    const std::size_t place = in.place();
    const std::string_view name = in.take_name();
    if (next_ == 0) {
      if (name != kInputName) return in.fail("expected 'input', as vertex 0 is", place);
    } else if (name == kOutputName) {
      complete_ = true;
    } else if (next_ == graph_.output()) {
      return in.fail("expected 'output', as the space's last vertex is", place);
    } else {
      const auto found = std::find(operations_.begin(), operations_.end(), name);
      if (found == operations_.end())
        return in.fail("unknown operation '" + std::string(name.substr(0, 64)) +
                           "'; expected one of " + one_of(operations_) +
                           suggestion(name.substr(0, 64), {operations_.begin(), operations_.end()}),
                       place);
      graph_.operations[next_] = static_cast<std::uint8_t>(found - operations_.begin());
    }
    return {};
  }

  tl::expected<void, Error> read_sources(GraphLine& in) {
    if (in.done()) return {};
    if (next_ == 0) return in.fail("unexpected text after the input");
    if (!in.take("<-")) return in.fail("expected '<-' and the vertices it reads from");
    // The output of a shorter text takes the last place.
    const std::uint32_t to = complete_ ? graph_.output() : next_;
    do {
      const std::size_t place = in.place();
      const auto from = in.take_number();
      if (!from) return in.fail("expected the number of a vertex", place);
      if (*from >= next_)
        return in.fail(vertex_name(next_) + " can read from the vertices before it only", place);
      if (graph_.has_edge(*from, to)) return in.fail(vertex_name(*from) + " stands twice", place);
      graph_.set_edge(*from, to);
    } while (in.take(","));
    if (!in.done()) return in.fail("expected ',' or the line's end");
    return {};
  }

  std::span<const std::string> operations_;
  Graph graph_;
  std::uint32_t next_ = 0;  // the vertex that the next line is of
  bool complete_ = false;   // the output was read
};

}  // namespace

std::string to_text(const Graph& graph, std::span<const std::string> operations) {
  std::string out;
  for (std::uint32_t v = 0; v < graph.vertices; ++v) {
    const std::size_t operation = graph.operations[v];
    out += std::to_string(v);
    out += ": ";
    if (v == 0)
      out += kInputName;
    else if (v == graph.output())
      out += kOutputName;
    else
      out += operation < operations.size() ? operations[operation] : "?";
    const char* before = " <- ";
    for (std::uint32_t from = 0; from < v; ++from) {
      if (!graph.has_edge(from, v)) continue;
      out += before;
      out += std::to_string(from);
      before = ", ";
    }
    out += '\n';
  }
  return out;
}

tl::expected<Graph, Error> parse_graph(std::string_view text,
                                       std::span<const std::string> operations,
                                       std::uint32_t vertices) {
  GraphParser parser(operations, vertices);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    GraphLine in(text.substr(0, end), ++number);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (in.done()) continue;
    if (auto read = parser.read(in); !read) return tl::unexpected<Error>(read.error());
  }
  if (!parser.complete())
    return GraphLine("", number + 1)
        .fail("expected '" + std::to_string(parser.next()) + ":', the graph ends with its output");
  return parser.graph();
}

}  // namespace equivolve::search
