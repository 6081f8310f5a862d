// The module under test, loaded once, and small settings.
#pragma once

#include "evaluators/sensitivity_sampling/samplers.hpp"
#include "search/space/expression_space.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/module.hpp"

namespace equivolve::test {

inline const eqv_evaluator& sensitivity_sampling_module() {
  static const eqv_evaluator& table = load_module(SENSITIVITY_SAMPLING_MODULE);
  return table;
}

inline nlohmann::json small_search() {
  return {
      {"data",
       {{"families", {"gauss", "t2"}}, {"test_families", {"cheb"}}, {"rows", 400}, {"columns", 3}}},
      {"options", {{"powers", {1, 3}}, {"rows_per_column", {20}}, {"seeds", 3}}}};
}

inline search::Genome formula(const std::string& text) {
  auto parsed = search::parse_expression(text, sensitivity_sampling::input_names());
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return search::to_genome(parsed->tokens);
}

}  // namespace equivolve::test
