// The module under test, loaded once.
#pragma once

#include "tests/evaluators/support/cases.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/module.hpp"

namespace equivolve::test {

inline const eqv_evaluator& algorithm_discovery() {
  static const eqv_evaluator& table = load_module(ALGORITHM_DISCOVERY_MODULE);
  return table;
}

inline search::MemoryShape quickstart_shape(std::uint32_t dimension) {
  return {4, 3, 0, dimension};
}

/// The resolved form of a space.
inline nlohmann::json to_json(const search::ProgramSpace& space) {
  nlohmann::json out = {{"representation", "program"},
                        {"memories",
                         {{"scalars", space.memories.scalars},
                          {"vectors", space.memories.vectors},
                          {"matrices", space.memories.matrices},
                          {"dimension", space.memories.dimension}}},
                        {"constant_range", space.constant_range}};
  for (std::size_t f = 0; f < search::kFunctionCount; ++f) {
    const auto& function = space.functions[f];
    std::vector<std::string> names;
    for (search::Op op : function.operations) names.emplace_back(search::op_info(op).name);
    out[std::string(search::function_name(static_cast<search::Function>(f)))] = {
        {"min_length", function.min_length},
        {"max_length", function.max_length},
        {"initial_length", function.initial_length},
        {"operations", names}};
  }
  return out;
}

}  // namespace equivolve::test
