#include "engine/plugins/scripts/script_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace equivolve::engine::test {
namespace {

using ::testing::ElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

ScriptSettings of(const std::vector<std::string>& names,
                  const std::map<std::string, std::string>& patterns = {}) {
  ScriptSettings settings;
  for (const std::string& name : names) settings.figures.emplace_back().name = name;
  settings.patterns = patterns;
  return settings;
}

TEST(ScriptOutput, TheLastLineWithAllFiguresCounts) {
  const ScriptSettings settings = of({"loss", "size"});
  const OutputPatterns none(settings);
  ScriptOutput output(settings.figures, none);
  EXPECT_FALSE(output.figures());
  EXPECT_EQ(output.missing(), "loss, size");
  for (const char* line : {"epoch 1", R"([1, 2])", R"({"other": 1})"})
    EXPECT_FALSE(output.add(line)) << line;
  for (const char* line :
       {R"({"loss": 1, "size": 5})", R"(  {"size": 7, "loss": 0.5, "x": [1]})", R"({"loss": 9})"})
    EXPECT_TRUE(output.add(line)) << line;
  EXPECT_FALSE(output.add("done"));
  EXPECT_THAT(output.figures().value(), ElementsAre(0.5, 7));
  EXPECT_EQ(output.last_line(), "done");
}

// Of a run that went astray at its end nothing earlier, and better, may be taken.
TEST(ScriptOutput, WhatCannotBeReadTakesTheEarlierFiguresAway) {
  const ScriptSettings settings = of({"loss"});
  const OutputPatterns none(settings);
  for (const char* line :
       {R"({"loss": "diverged"})", R"({"loss": 1.2.3})", R"({"loss": [1]})", R"({"loss": 4)"}) {
    ScriptOutput output(settings.figures, none);
    output.add(R"({"loss": 1})");
    output.add(line);
    EXPECT_FALSE(output.figures()) << line;
  }
  ScriptOutput output(settings.figures, none);
  output.add(R"({"loss": 1})");
  output.add(R"({'lr': 0.1})");
  EXPECT_TRUE(output.figures());
}

TEST(ScriptOutput, StepsAreIntermediateValues) {
  const ScriptSettings settings = of({"loss", "size"});
  const OutputPatterns none(settings);
  ScriptOutput output(settings.figures, none);
  const auto step = output.add(R"({"step": 3, "loss": 2})");
  ASSERT_TRUE(step);
  EXPECT_EQ(*step->step, 3u);
  EXPECT_EQ(step->figures[0], 2);
  EXPECT_TRUE(std::isnan(step->figures[1]));
  EXPECT_FALSE(output.figures());
  EXPECT_TRUE(output.add(R"({"step": 4, "loss": 1, "size": 2})"));
  EXPECT_THAT(output.figures().value(), ElementsAre(1, 2));
  EXPECT_FALSE(output.add(R"({"step": -1, "loss": 1})")->step);
}

TEST(ScriptOutput, WhatIsNotFiniteIsReadAsLanguagesWriteIt) {
  const ScriptSettings settings = of({"loss"});
  for (const auto& [text, value] : std::map<std::string, double>{{"Infinity", kInfinity},
                                                                 {"-Infinity", -kInfinity},
                                                                 {"\"inf\"", kInfinity},
                                                                 {"\"1e3\"", 1000},
                                                                 {"inf", kInfinity},
                                                                 {"-INF", -kInfinity},
                                                                 {"1e999", kInfinity},
                                                                 {"-1e999", -kInfinity}}) {
    const auto told = figures_in_json(
        "{\"note\": \"NaN\", \"dir\": \"C:\\\\\", \"loss\": " + text + "}", settings.figures);
    ASSERT_TRUE(told) << text;
    EXPECT_EQ(told->figures[0], value) << text;
  }
  for (const char* text : {"NaN", "\"nan\"", "null", "nan", "-nan"}) {
    const auto told = figures_in_json(std::string("{\"loss\": ") + text + "}", settings.figures);
    ASSERT_TRUE(told) << text;
    EXPECT_TRUE(told->has_all && std::isnan(told->figures[0])) << text;
  }
  EXPECT_FALSE(figures_in_json("{\"loss\": \"low\"}", settings.figures));
}

TEST(ScriptOutput, PatternsTakeTheLastMatch) {
  const ScriptSettings settings =
      of({"loss", "acc"}, {{"loss", "loss[:=] *([^ ,]+)"}, {"acc", "accuracy ([0-9.]+) ?%"}});
  const OutputPatterns patterns(settings);
  ScriptOutput output(settings.figures, patterns);
  for (const char* line : {"loss: 3, loss: 2.5", "accuracy 50 %", R"({"loss": 1, "acc": 1})"})
    EXPECT_FALSE(output.add(line));
  EXPECT_THAT(output.figures().value(), ElementsAre(2.5, 50));
  output.add("loss=nan");
  EXPECT_TRUE(std::isnan(output.figures()->at(0)));
  output.add("loss: 2, loss: none");
  EXPECT_EQ(output.missing(), "loss");
  output.add("loss: nan");
  output.add("loss: " + std::string(100'000, '9'));  // passed over, and no overflow of the stack
  EXPECT_TRUE(std::isnan(output.figures()->at(0)));
}

}  // namespace
}  // namespace equivolve::engine::test
