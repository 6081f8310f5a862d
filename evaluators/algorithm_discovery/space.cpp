#include "evaluators/algorithm_discovery/space.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evaluators/common/interpreters/machine.hpp"
#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/common/tables/names.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using nlohmann::json;
using sdk::Refused;
using search::Function;
using search::FunctionSpace;
using search::Op;
using settings::JsonReader;

/// Doubles a program's memories may take: 1 GiB, and addresses fit 32 bits.
constexpr std::uint64_t kMostDoubles = std::uint64_t{1} << 27;

json space_of(std::uint32_t dimension, std::array<int, 3> memories, std::array<int, 3> lengths,
              std::vector<std::string> operations) {
  json space;
  space["representation"] = "program";
  space["memories"] = {{"scalars", memories[0]},
                       {"vectors", memories[1]},
                       {"matrices", memories[2]},
                       {"dimension", dimension}};
  for (std::size_t f = 0; f < search::kFunctionCount; ++f)
    space[std::string(search::function_name(static_cast<Function>(f)))] = {{"length", lengths[f]}};
  space["operations"] = std::move(operations);
  space["constant_range"] = 1.0;
  return space;
}

std::vector<Op> read_operations(const json& list, const std::string& pointer) {
  std::vector<std::string> known;
  for (const auto& info : search::op_table()) known.emplace_back(info.name);
  if (!list.is_array()) throw Refused(pointer, "must be a list of operation names");
  std::vector<Op> operations;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string at = fmt::format("{}/{}", pointer, i);
    if (!list[i].is_string()) throw Refused(at, "must be the name of an operation");
    const auto name = list[i].get<std::string>();
    const auto op = search::op_named(name);
    if (!op)
      throw Refused(
          at, fmt::format("no operation is called '{}'{}", name, tables::suggestion(name, known)));
    operations.push_back(*op);
  }
  std::sort(operations.begin(), operations.end());
  operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
  return operations;
}

FunctionSpace read_function(JsonReader in, const std::vector<Op>& shared) {
  auto length = [&](const char* key, std::uint32_t fallback, std::uint32_t low,
                    std::uint32_t high) {
    return static_cast<std::uint32_t>(in.whole(key, fallback, low, high));
  };
  FunctionSpace space;
  if (in.has("length")) {
    space.min_length = space.max_length = length("length", 0, 0, 1000);
  } else {
    space.max_length = length("max_length", space.max_length, 0, 1000);
    space.min_length =
        length("min_length", std::min(space.min_length, space.max_length), 0, space.max_length);
  }
  space.initial_length =
      length("initial_length", std::clamp(space.initial_length, space.min_length, space.max_length),
             space.min_length, space.max_length);
  const json* own = in.raw("operations");
  space.operations = own ? read_operations(*own, in.at("operations")) : shared;
  if (space.max_length > 0 && space.operations.empty())
    throw Refused(in.at("operations"),
                  "no operation is allowed, but the function has instructions");
  in.finish();
  return space;
}

search::MemoryShape read_memories(JsonReader in, const ProblemInfo& info) {
  search::MemoryShape shape;
  auto count = [&](const char* key, std::uint32_t fallback, std::uint64_t low, std::uint64_t high) {
    return static_cast<std::uint32_t>(in.whole(key, fallback, low, high));
  };
  shape.scalars = count("scalars", shape.scalars, 2, 255);
  shape.vectors = count("vectors", shape.vectors, 1, 255);
  shape.matrices = count("matrices", shape.matrices, 0, 255);
  shape.dimension = count("dimension", info.dimension(), 1, 65535);
  if (shape.dimension != info.dimension())
    throw Refused(in.at("dimension"),
                  fmt::format("must be {}, the number of features", info.dimension()));
  in.finish();
  const std::uint64_t row = interpreters::padded(shape.dimension);
  if (row * (shape.vectors + std::uint64_t{shape.matrices} * shape.dimension) > kMostDoubles)
    throw Refused(in.at("matrices"), "the memories would take more than 1 GiB");
  return shape;
}

}  // namespace

std::string default_space(const ProblemInfo& info, const Settings& settings) {
  const std::uint32_t d = info.dimension();
  json space;
  if (!settings.synthetic) {
    space = space_of(
        d, {4, 3, 0}, {5, 2, 6},
        {"scalar_sum", "scalar_difference", "scalar_product", "scalar_max", "scalar_constant",
         "dot", "scalar_vector_product", "vector_sum", "vector_difference", "vector_product"});
  } else if (settings.synthetic->kind == Synthetic::kLinear) {
    space = space_of(d, {4, 3, 1}, {10, 2, 8},
                     {"scalar_difference", "scalar_product", "scalar_constant", "dot",
                      "scalar_vector_product", "vector_sum"});
  } else {
    space = space_of(
        d, {4, 8, 2}, {6, 4, 9},
        {"scalar_difference", "scalar_product", "scalar_constant", "dot", "scalar_vector_product",
         "vector_sum", "vector_product", "vector_max", "vector_heaviside", "vector_gaussian",
         "outer", "matrix_vector_product", "matrix_sum", "matrix_gaussian"});
  }
  return space.dump();
}

search::ProgramSpace read_space(std::string_view text, const ProblemInfo& info) {
  const json document = settings::parse_object(text);
  JsonReader in(document, "");
  if (const auto representation = in.text("representation");
      representation && *representation != "program")
    throw Refused("/representation", "this evaluator knows the representation 'program' only");
  search::ProgramSpace space;
  space.memories = read_memories(in.object("memories"), info);
  const json* shared = in.raw("operations");
  const std::vector<Op> operations =
      shared ? read_operations(*shared, "/operations") : std::vector<Op>{};
  for (std::size_t f = 0; f < search::kFunctionCount; ++f)
    space.functions[f] = read_function(
        in.object(std::string(search::function_name(static_cast<Function>(f)))), operations);
  space.constant_range = in.number("constant_range", space.constant_range, 1e-9, 1e9);
  in.finish();
  return space;
}

}  // namespace equivolve::algorithm_discovery
