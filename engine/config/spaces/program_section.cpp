#include "engine/config/spaces/program_section.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/config/spaces/lengths.hpp"
#include "engine/config/spaces/program_schema.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "search/genome/program_ops.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;
using search::FunctionSpace;
using search::Op;
using search::ProgramSpace;

constexpr std::array<search::Function, search::kFunctionCount> kFunctions{
    search::Function::kSetup, search::Function::kPredict, search::Function::kLearn};

std::uint32_t number_or(const json& object, const char* key, std::uint32_t otherwise) {
  return object.contains(key) ? object[key].get<std::uint32_t>() : otherwise;
}

std::vector<std::string> operation_names() {
  std::vector<std::string> names;
  for (const search::OpInfo& info : search::op_table()) names.emplace_back(info.name);
  return names;
}

// Ascending; `refuse` is told of names that are none.
template <class Refuse>
std::vector<Op> known_operations(const json& list, const std::string& pointer, Refuse refuse) {
  static const std::vector<std::string> kNames = operation_names();
  std::set<Op> chosen;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < list.size() && refused < kMostProblems; ++i) {
    if (!list[i].is_string()) continue;
    const std::string name = list[i].get<std::string>();
    if (const auto op = search::op_named(name)) {
      chosen.insert(*op);
      continue;
    }
    ++refused;
    refuse(fmt::format("{}/{}", pointer, i),
           fmt::format("unknown operation '{}'; expected a name of the list in docs/spaces.md{}",
                       one_line(name, 60), suggestion(name, kNames)));
  }
  return {chosen.begin(), chosen.end()};
}

// Of a document whose form is wrong elsewhere, so that both are said at once.
void add_unknown_operations(const std::string& text, std::vector<PointerProblem>& problems) {
  const json document = json::parse(text, nullptr, false);
  std::vector<std::string> places{"/operations"};
  for (search::Function f : kFunctions)
    places.push_back("/" + std::string(search::function_name(f)) + "/operations");
  for (const std::string& place : places) {
    const json::json_pointer pointer(place);
    if (!document.is_object() || !document.contains(pointer) || !document[pointer].is_array())
      continue;
    known_operations(document[pointer], place, [&](std::string at, std::string message) {
      problems.push_back({std::move(at), false, std::move(message)});
    });
  }
}

/// What a document is to the space: an offer, which may leave operations to the user; a change of
/// one, after which nothing may be missing; or all there is.
enum class Part : std::uint8_t { kOffer, kChange, kWhole };

// Reads one document over a space that is already there.
class Reading {
 public:
  Reading(ProgramSpace start, Part part) : space(std::move(start)), part_(part) {}

  void read(const json& document) {
    if (document.contains("memories")) memories(document["memories"]);
    if (document.contains("constant_range"))
      space.constant_range = document["constant_range"].get<double>();
    std::optional<std::vector<Op>> for_all;
    if (document.contains("operations"))
      for_all = operations(document["operations"], "/operations");
    for (search::Function f : kFunctions) {
      const std::string name(search::function_name(f));
      if (for_all) space[f].operations = *for_all;
      if (document.contains(name)) function(document[name], space[f], name);
    }
    fit_operations(document);
  }

  ProgramSpace space;
  std::vector<PointerProblem> problems;

 private:
  void add(std::string pointer, std::string message) {
    // What holds for all three functions is said once.
    for (const PointerProblem& known : problems)
      if (known.pointer == pointer && known.message == message) return;
    problems.push_back({std::move(pointer), false, std::move(message)});
  }

  void memories(const json& m) {
    search::MemoryShape& shape = space.memories;
    shape.scalars = number_or(m, "scalars", shape.scalars);
    shape.vectors = number_or(m, "vectors", shape.vectors);
    shape.matrices = number_or(m, "matrices", shape.matrices);
    const std::uint32_t dimension = number_or(m, "dimension", shape.dimension);
    if (part_ == Part::kChange && dimension != shape.dimension)
      add("/memories/dimension",
          fmt::format(
              "space.memories.dimension is {}; expected {}, the number of inputs in the data, "
              "or the key left out",
              dimension, shape.dimension));
    else
      shape.dimension = dimension;
  }

  void function(const json& f, FunctionSpace& out, const std::string& name) {
    lengths(f, out, name);
    if (f.contains("operations"))
      out.operations = operations(f["operations"], "/" + name + "/operations");
  }

  void lengths(const json& f, FunctionSpace& out, const std::string& name) {
    Lengths read{out.min_length, out.max_length, out.initial_length};
    read_lengths(f, "/" + name, "space." + name, read, problems);
    out.min_length = read.min;
    out.max_length = read.max;
    out.initial_length = read.initial;
  }

  std::vector<Op> operations(const json& list, const std::string& pointer) {
    return known_operations(list, pointer, [this](std::string at, std::string message) {
      add(std::move(at), std::move(message));
    });
  }

  // Operations on matrices need some. Where the user named them that is a mistake; where they are
  // the evaluator's default and the user took the matrices away, they go as well.
  void fit_operations(const json& document) {
    const bool fine_so_far = problems.empty();
    for (search::Function f : kFunctions) {
      FunctionSpace& function = space[f];
      const std::string name(search::function_name(f));
      const bool own = document.contains(name) && document[name].contains("operations");
      const bool named = own || document.contains("operations");
      std::vector<Op> fitting;
      bool refused = false;
      for (Op op : function.operations) {
        if (space.memories.matrices > 0 || !needs_matrices(op))
          fitting.push_back(op);
        else if (named) {
          refused = true;
          add(own ? "/" + name + "/operations" : "/operations",
              fmt::format("operation '{}' needs matrices, space.memories.matrices is 0; expected "
                          "other operations or "
                          "matrices",
                          search::op_info(op).name));
        }
      }
      function.operations = std::move(fitting);
      const bool lacks = function.operations.empty() && function.max_length > 0;
      if (lacks && part_ != Part::kOffer && fine_so_far && !refused)
        add(named ? (own ? "/" + name + "/operations" : "/operations") : "/" + name,
            fmt::format("space.{} has no operations; expected at least one, or a length of 0",
                        name));
    }
  }

  static bool needs_matrices(Op op) {
    const search::OpInfo& info = search::op_info(op);
    return info.in1 == search::Kind::kMatrix || info.in2 == search::Kind::kMatrix ||
           info.out == search::Kind::kMatrix;
  }

  const Part part_;
};

std::vector<PointerProblem> merge_into(ProgramSpace& space, const std::string& text, Part part) {
  // The form first: once it is right, reading needs no care.
  std::vector<PointerProblem> problems = check_against_schema(text, program_schema(), "", "space");
  if (!problems.empty()) {
    add_unknown_operations(text, problems);
    return problems;
  }
  Reading reading(space, part);
  reading.read(json::parse(text));
  space = std::move(reading.space);
  return std::move(reading.problems);
}

// With everything in it, so that nothing a user writes contradicts it.
ProgramSpace widest_space() {
  ProgramSpace space;
  space.memories = {255, 255, 255, 1};
  for (search::Function f : kFunctions) {
    space[f].min_length = 0;
    space[f].max_length = 1000;
    for (const search::OpInfo& info : search::op_table())
      space[f].operations.push_back(*search::op_named(info.name));
  }
  return space;
}

json function_json(const FunctionSpace& function) {
  json names = json::array();
  for (Op op : function.operations) names.push_back(std::string(search::op_info(op).name));
  return {{"min_length", function.min_length},
          {"max_length", function.max_length},
          {"initial_length", function.initial_length},
          {"operations", names}};
}

ReadSpace read_program_space(const std::string& default_json, const std::string& user_json) {
  ProgramSpace space;
  const std::string user = user_json.empty() ? "{}" : user_json;
  // An evaluator without a default space leaves all to the user; emptiness is then found below.
  const bool has_default = default_json != "{}" && !default_json.empty();
  if (has_default) {
    const std::vector<PointerProblem> problems = merge_into(space, default_json, Part::kOffer);
    if (!problems.empty()) return tl::unexpected(bad_default_space(problems));
  }
  std::vector<PointerProblem> problems =
      merge_into(space, user, has_default ? Part::kChange : Part::kWhole);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return search::Space(std::move(space));
}

std::vector<PointerProblem> check_program_space(const std::string& user_json) {
  ProgramSpace space = widest_space();
  return merge_into(space, user_json, Part::kWhole);
}

std::string program_space_json(const search::Space& any) {
  const auto& space = std::get<ProgramSpace>(any);
  json out = {{"representation", "program"},
              {"memories",
               {{"scalars", space.memories.scalars},
                {"vectors", space.memories.vectors},
                {"matrices", space.memories.matrices},
                {"dimension", space.memories.dimension}}},
              {"constant_range", space.constant_range}};
  for (search::Function f : kFunctions)
    out[std::string(search::function_name(f))] = function_json(space[f]);
  return out.dump();
}

std::string program_editor_schema() {
  json schema = json::parse(program_schema());
  schema["properties"]["operations"]["items"] = {{"enum", operation_names()}};
  for (search::Function f : kFunctions)
    schema["properties"][std::string(search::function_name(f))]["properties"]["operations"]
          ["items"] = {{"enum", operation_names()}};
  return schema.dump();
}

}  // namespace

SpaceSection program_section() {
  return {search::Representation::kProgram,
          program_schema,
          program_editor_schema,
          read_program_space,
          check_program_space,
          program_space_json};
}

}  // namespace equivolve::engine
