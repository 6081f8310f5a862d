#include "engine/config/spaces/expression_section.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "search/genome/expression_names.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;
using search::ExpressionOp;
using search::ExpressionSpace;

constexpr const char* kExpressionSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "representation": {"enum": ["expression"]},
    "inputs": {"type": "array", "minItems": 1, "maxItems": 65535, "items": {"type": "string", "minLength": 1},
               "description": "names of what a formula reads: the evaluator's"},
    "operations": {"type": "array", "items": {"type": "string"}, "description": "which operations may be used"},
    "constants": {
      "description": "whether numbers may stand in a formula, and how large random ones are",
      "anyOf": [
        {"type": "boolean"},
        {"title": "a map", "type": "object", "additionalProperties": false,
         "properties": {"range": {"type": "number", "exclusiveMinimum": 0, "maximum": 1e100,
                                  "description": "random constants lie in [-range, range]"}}}
      ]},
    "max_size": {"type": "integer", "minimum": 1, "maximum": 4096, "description": "tokens: inputs, constants and operations"},
    "max_depth": {"type": "integer", "minimum": 0, "maximum": 255, "description": "operations above each other"},
    "initial_depth": {
      "type": "object", "additionalProperties": false, "description": "depths of random formulas, from low to high",
      "properties": {
        "low": {"type": "integer", "minimum": 0, "maximum": 255},
        "high": {"type": "integer", "minimum": 0, "maximum": 255}
      }}
  }})";
static_assert(search::kMostExpressionTokens == 4096 && search::kMostExpressionDepth == 255);

const std::string& expression_schema() {
  static const std::string schema = kExpressionSchema;
  return schema;
}

std::vector<std::string> expression_operation_names() {
  std::vector<std::string> names;
  for (const search::ExpressionOpInfo& info : search::expression_op_table())
    if (info.arity > 0) names.emplace_back(info.name);
  return names;
}

// Ascending; names that are none are told.
std::vector<ExpressionOp> known_expression_operations(const json& list,
                                                      std::vector<PointerProblem>& problems) {
  std::set<ExpressionOp> chosen;
  for (std::size_t i = 0; i < list.size() && problems.size() < kMostProblems; ++i) {
    if (!list[i].is_string()) continue;
    const std::string name = list[i].get<std::string>();
    if (const auto op = search::expression_op_named(name))
      chosen.insert(*op);
    else
      problems.push_back(
          {fmt::format("/operations/{}", i), false,
           fmt::format("unknown operation '{}'; expected a name of the list in docs/spaces.md{}",
                       one_line(name, 60), search::expression_op_suggestion(name))});
  }
  return {chosen.begin(), chosen.end()};
}

// Reads one document over a space that is already there.
class ExpressionReading {
 public:
  /// `is_offer`: an evaluator's default, which may leave inputs and operations to the user.
  ExpressionReading(ExpressionSpace start, bool is_offer)
      : space(std::move(start)), is_offer_(is_offer) {}

  void read(const json& document) {
    if (document.contains("inputs")) inputs(document["inputs"]);
    if (document.contains("operations"))
      space.operations = known_expression_operations(document["operations"], problems);
    if (document.contains("constants")) constants(document["constants"]);
    number(document, "max_size", space.max_size);
    number(document, "max_depth", space.max_depth);
    initial_depth(document.value("initial_depth", json::object()));
    if (!is_offer_ && problems.empty()) find_gaps(document);
  }

  ExpressionSpace space;
  std::vector<PointerProblem> problems;

 private:
  void add(std::string pointer, std::string message, bool at_key = false) {
    problems.push_back({std::move(pointer), at_key, std::move(message)});
  }

  static void number(const json& object, const char* key, std::uint32_t& into) {
    if (object.contains(key)) into = object[key].get<std::uint32_t>();
  }

  void inputs(const json& list) {
    auto names = list.get<std::vector<std::string>>();
    std::set<std::string> seen;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!seen.insert(names[i]).second)
        return add(fmt::format("/inputs/{}", i),
                   fmt::format("space.inputs names '{}' twice; expected names that differ",
                               one_line(names[i], 60)));
    if (space.inputs.empty()) {
      space.inputs = std::move(names);
    } else if (names != space.inputs) {
      constexpr std::size_t kShown = 5;
      const std::size_t shown = std::min(kShown, space.inputs.size());
      add("/inputs",
          fmt::format("space.inputs is not what the evaluator's data have; expected [{}{}], or the "
                      "key left out",
                      fmt::join(space.inputs.begin(),
                                space.inputs.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                      shown < space.inputs.size() ? ", ..." : ""));
    }
  }

  void constants(const json& said) {
    space.constants = !said.is_boolean() || said.get<bool>();
    if (!space.constants)
      space.constant_range = ExpressionSpace().constant_range;
    else if (said.is_object() && said.contains("range"))
      space.constant_range = said["range"].get<double>();
  }

  // What is not said moves into what is.
  void initial_depth(const json& said) {
    number(said, "low", space.initial_depth_low);
    number(said, "high", space.initial_depth_high);
    for (const char* end : {"low", "high"})
      if (said.contains(end) && said[end].get<std::uint32_t>() > space.max_depth)
        return add(fmt::format("/initial_depth/{}", end),
                   fmt::format("space.initial_depth.{} is {}, space.max_depth is {}; expected no "
                               "more than that",
                               end, said[end].get<std::uint32_t>(), space.max_depth));
    const bool both = said.contains("low") && said.contains("high");
    if (both && space.initial_depth_low > space.initial_depth_high)
      return add("/initial_depth/low",
                 fmt::format("space.initial_depth.low is {}, space.initial_depth.high is {}; "
                             "expected a range",
                             space.initial_depth_low, space.initial_depth_high));
    space.initial_depth_low = std::min(space.initial_depth_low, space.max_depth);
    space.initial_depth_high = std::min(space.initial_depth_high, space.max_depth);
    if (space.initial_depth_low <= space.initial_depth_high) return;
    if (said.contains("low"))
      space.initial_depth_high = space.initial_depth_low;
    else
      space.initial_depth_low = space.initial_depth_high;
  }

  void find_gaps(const json& document) {
    if (space.operations.empty())
      add(document.contains("operations") ? "/operations" : "",
          "space has no operations; expected a list with at least one",
          !document.contains("operations"));
    if (space.inputs.empty())
      add("", "space has no key 'inputs'; expected a list of names (the evaluator has none)", true);
  }

  const bool is_offer_;
};

std::vector<PointerProblem> merge_expression_space(ExpressionSpace& space, const std::string& text,
                                                   bool is_offer) {
  // The form first: once it is right, reading needs no care.
  std::vector<PointerProblem> problems =
      check_against_schema(text, expression_schema(), "", "space");
  if (!problems.empty()) {
    // Names that are none are said at once with what else is wrong.
    const json document = json::parse(text, nullptr, false);
    if (document.is_object() && document.contains("operations") &&
        document["operations"].is_array())
      known_expression_operations(document["operations"], problems);
    return problems;
  }
  ExpressionReading reading(space, is_offer);
  reading.read(json::parse(text));
  space = std::move(reading.space);
  return std::move(reading.problems);
}

ReadSpace read_expression_space(const std::string& default_json, const std::string& user_json) {
  ExpressionSpace space;
  if (default_json != "{}" && !default_json.empty()) {
    const auto problems = merge_expression_space(space, default_json, true);
    if (!problems.empty()) return tl::unexpected(bad_default_space(problems));
  }
  auto problems = merge_expression_space(space, user_json.empty() ? "{}" : user_json, false);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return search::Space(std::move(space));
}

std::vector<PointerProblem> check_expression_space(const std::string& user_json) {
  // What the evaluator may add is taken as said.
  ExpressionSpace space;
  space.operations = {ExpressionOp::kAdd};
  space.max_depth = search::kMostExpressionDepth;
  auto problems = merge_expression_space(space, user_json, true);
  if (problems.empty() && space.operations.empty())
    problems.push_back(
        {"/operations", false, "space has no operations; expected a list with at least one"});
  return problems;
}

std::string expression_space_json(const search::Space& any) {
  const auto& space = std::get<ExpressionSpace>(any);
  json names = json::array();
  for (ExpressionOp op : space.operations)
    names.push_back(std::string(search::expression_op_info(op).name));
  json constants = false;
  if (space.constants) constants = json{{"range", space.constant_range}};
  return json{
      {"representation", "expression"},
      {"inputs", space.inputs},
      {"operations", names},
      {"constants", constants},
      {"max_size", space.max_size},
      {"max_depth", space.max_depth},
      {"initial_depth", {{"low", space.initial_depth_low}, {"high", space.initial_depth_high}}}}
      .dump();
}

std::string expression_editor_schema() {
  json schema = json::parse(expression_schema());
  schema["properties"]["operations"]["items"] = {{"enum", expression_operation_names()}};
  return schema.dump();
}

}  // namespace

SpaceSection expression_section() {
  return {search::Representation::kExpression,
          expression_schema,
          expression_editor_schema,
          read_expression_space,
          check_expression_space,
          expression_space_json};
}

}  // namespace equivolve::engine
