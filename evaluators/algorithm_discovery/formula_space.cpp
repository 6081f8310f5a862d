#include "evaluators/algorithm_discovery/formula_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/common/tables/names.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using nlohmann::json;
using sdk::Refused;
using search::ExpressionOp;
using settings::JsonReader;

std::vector<std::string> input_names(const ProblemInfo& info) {
  if (info.features.size() > 0xffff)
    throw Refused("/data", fmt::format("there are {} features; a formula reads at most 65535",
                                       info.features.size()));
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const std::string& feature : info.features) {
    std::string name = feature;
    for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{} ({})", feature, n);
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<ExpressionOp> read_formula_operations(const json* list) {
  if (!list || !list->is_array()) throw Refused("/operations", "must be a list of operation names");
  std::set<ExpressionOp> operations;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const json& name = (*list)[i];
    const auto op =
        name.is_string() ? search::expression_op_named(name.get<std::string>()) : std::nullopt;
    if (!op) throw Refused(fmt::format("/operations/{}", i), "is no operation of formulas");
    operations.insert(*op);
  }
  if (operations.empty()) throw Refused("/operations", "needs at least one operation");
  return {operations.begin(), operations.end()};
}

}  // namespace

std::string default_formula_space(const ProblemInfo& info) {
  const search::ExpressionSpace usual;
  return json{
      {"representation", "expression"},
      {"inputs", input_names(info)},
      {"operations", {"add", "sub", "mul", "div", "square", "sqrt", "exp", "log", "sin", "cos"}},
      {"constants", {{"range", usual.constant_range}}},
      {"max_size", usual.max_size},
      {"max_depth", usual.max_depth},
      {"initial_depth", {{"low", usual.initial_depth_low}, {"high", usual.initial_depth_high}}}}
      .dump();
}

search::ExpressionSpace read_formula_space(std::string_view text, const ProblemInfo& info) {
  const json document = settings::parse_object(text);
  JsonReader in(document, "");
  if (const auto representation = in.text("representation");
      representation && *representation != "expression")
    throw Refused("/representation", "the evaluator was made for formulas: expected expression");
  search::ExpressionSpace space;
  space.inputs = input_names(info);
  if (const json* inputs = in.raw("inputs"); inputs && *inputs != json(space.inputs))
    throw Refused("/inputs", "must be the features of the data, in their order");
  space.operations = read_formula_operations(in.raw("operations"));
  const json* constants = in.raw("constants");
  space.constants = !constants || *constants != json(false);
  if (constants && constants->is_object())
    space.constant_range =
        JsonReader(*constants, "/constants").number("range", space.constant_range, 1e-300, 1e100);
  space.max_size = static_cast<std::uint32_t>(
      in.whole("max_size", space.max_size, 1, search::kMostExpressionTokens));
  space.max_depth = static_cast<std::uint32_t>(
      in.whole("max_depth", space.max_depth, 0, search::kMostExpressionDepth));
  in.raw("initial_depth");  // says which are bred first, not what one means
  in.finish();
  return space;
}

}  // namespace equivolve::algorithm_discovery
