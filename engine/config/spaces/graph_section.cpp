#include "engine/config/spaces/graph_section.hpp"

#include <nlohmann/json.hpp>

#include "engine/config/spaces/name_choice.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;
using search::GraphSpace;

const std::string& graph_schema() {
  static const std::string schema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "representation": {"enum": ["graph"]},
    "vertices": {"type": "integer", "minimum": 2, "maximum": 64,
                 "description": "of every graph, input and output among them"},
    "max_edges": {"type": "integer", "minimum": 1, "maximum": 2016,
                  "description": "on paths from the input to the output"},
    "operations": {"type": "array", "items": {"type": "string"},
                   "description": "what a vertex between input and output may do"}
  }})";
  return schema;
}

const NameKind& operation_kind() {
  static const NameKind kind{"operation", "an operation", search::is_operation_name,
                             "up to 63 letters, digits or any of _ . + -, and neither input nor "
                             "output",
                             search::kMaxGraphOperations};
  return kind;
}

/// The evaluator's document, then the user's over it.
class GraphReading {
 public:
  GraphSpace space;
  std::vector<PointerProblem> problems;

  void read(const std::string& text) {
    problems = check_against_schema(text, graph_schema(), "", "space");
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) return;
    // Names are looked at even where something else is wrong, so that all is said at once.
    if (document.contains("operations") && document["operations"].is_array())
      operations(document["operations"]);
    if (!problems.empty()) return;
    if (document.contains("vertices")) space.vertices = document["vertices"].get<std::uint32_t>();
    if (document.contains("max_edges"))
      space.max_edges = document["max_edges"].get<std::uint32_t>();
  }

  /// Of the whole: nothing may be missing.
  void require_operations(const json& user) {
    if (!problems.empty() || !space.operations.empty() || space.vertices == 2) return;
    problems.push_back({user.contains("operations") ? "/operations" : "", false,
                        "space.operations is empty; expected at least one"});
  }

 private:
  void operations(const json& list) {
    std::vector<WrittenName> written;
    for (std::size_t i = 0; i < list.size(); ++i)
      if (list[i].is_string())
        written.push_back({"/operations/" + std::to_string(i), list[i].get<std::string>()});
    space.operations =
        chosen_names(written, space.operations, operation_kind(), "/operations", problems);
  }
};

ReadSpace read_graph_space(const std::string& default_json, const std::string& user_json) {
  GraphReading reading;
  reading.read(default_json.empty() ? "{}" : default_json);
  if (!reading.problems.empty()) return tl::unexpected(bad_default_space(reading.problems));
  const std::string user = user_json.empty() ? "{}" : user_json;
  reading.read(user);
  reading.require_operations(json::parse(user, nullptr, false));
  if (!reading.problems.empty()) return tl::unexpected(std::move(reading.problems));
  return search::Space(std::move(reading.space));
}

std::vector<PointerProblem> check_graph_space(const std::string& user_json) {
  GraphReading reading;
  reading.read(user_json);
  return std::move(reading.problems);
}

std::string graph_space_json(const search::Space& any) {
  const auto& space = std::get<GraphSpace>(any);
  return json{{"representation", "graph"},
              {"vertices", space.vertices},
              {"max_edges", space.max_edges},
              {"operations", space.operations}}
      .dump();
}

}  // namespace

SpaceSection graph_section() {
  return {search::Representation::kGraph,
          graph_schema,
          [] { return graph_schema(); },
          read_graph_space,
          check_graph_space,
          graph_space_json};
}

}  // namespace equivolve::engine
