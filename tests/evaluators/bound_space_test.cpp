// A space of configurations as an evaluator is told it.
#include <gtest/gtest.h>

#include "evaluators/common/configurations/bound_space.hpp"

namespace equivolve::configurations {
namespace {

constexpr const char* kNarrowed =
    R"({"representation": "configuration", "forbidden": [], "parameters": {
  "b": {"type": "choice", "values": ["two", "3"], "default": "3"},
  "a": {"type": "float", "low": 0.5, "high": 2, "log": true, "when": {"b": ["two", "gone"]}},
  "c": {"type": "int", "low": 1, "high": 9, "step": 2, "when": {"a": {"low": 1, "high": 2}}},
  "d": {"type": "bool", "value": true}}})";

TEST(BoundSpace, PutsParametersInTheOrderOfAGenome) {
  const auto space = read_bound_space(kNarrowed);
  ASSERT_TRUE(space) << space.error();
  std::vector<std::string> names;
  for (const search::Parameter& p : space->parameters) names.push_back(p.name);
  // By name, but each behind those that its conditions name.
  EXPECT_EQ(names, (std::vector<std::string>{"b", "a", "c", "d"}));
  const auto genome = search::parse_genome("b: two\na: 1.5\nc: 3\nd: true\n", *space);
  ASSERT_TRUE(genome) << genome.error().message;
  const search::ConfigurationView view(genome->flat, *space);
  EXPECT_EQ(view.choice_of("b"), "two");
  EXPECT_EQ(view.number_of("c"), 3);
  const auto other = search::parse_genome("b: \"3\"\nd: true\n", *space);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_FALSE(search::ConfigurationView(other->flat, *space).is_active("a"));
  EXPECT_FALSE(search::parse_genome("b: two\na: 3\nc: 3\nd: true\n", *space));
}

TEST(BoundSpace, SaysWhatIsNone) {
  for (const char* text : {"", "{}", R"({"parameters": {"a": {"type": "colour"}}})",
                           R"({"parameters": {"a": {"type": "int"}}})",
                           R"({"parameters": {"a": {"type": "choice", "values": []}}})"})
    EXPECT_FALSE(read_bound_space(text)) << text;
}

}  // namespace
}  // namespace equivolve::configurations
