// C4: every key of the tables with every class of bad value, in the file and on the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/config/keys.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A value as it stands in a file, and the kinds of key that it suits.
struct Value {
  std::string text;
  std::vector<KeyKind> suits;
};

const std::vector<KeyKind> kTexts{KeyKind::kText, KeyKind::kPath};

const std::vector<Value>& values() {
  static const std::vector<Value> all{
      {"", {}},   // dropped
      {"~", {}},  // null
      {"null", {}},
      {"\"\"", {}},  // nothing in quotes
      {"[]", {KeyKind::kPaths}},
      {"[[]]", {}},
      {"[~]", {}},
      {"[\"\"]", {}},
      {"[{}]", {}},
      {"{}",
       {KeyKind::kFigures, KeyKind::kDescriptors, KeyKind::kWeights, KeyKind::kInitial,
        KeyKind::kVariables}},
      {"{a: {}}", {KeyKind::kDescriptors}},
      {"{a: {low: -0.5, high: 1, bins: 5}}", {KeyKind::kDescriptors}},
      {"{a: {low: 1, high: 1}}", {}},  // no range
      {"{a: {bins: 0}}", {}},
      {"{a: {bins: 2.5}}", {}},
      {"{a: {low: .inf}}", {}},
      {"{a: {low: \"1\"}}", {}},
      {"{a: {width: 1}}", {}},
      {"{a: b}", {KeyKind::kVariables}},  // a figure that is no number
      {"{a: .nan}", {KeyKind::kVariables}},
      {"{a: nan}", {KeyKind::kVariables}},
      {"{a: 010}", {KeyKind::kVariables}},
      {"{a b: 1}", {}},  // no name of a figure
      {"word", kTexts},
      {"yes", kTexts},  // YAML 1.1's
      {"-1", {KeyKind::kPath}},
      {"-0.5", {KeyKind::kPath}},
      {"010", {KeyKind::kPath}},  // eight, to some
      {"0x10", {KeyKind::kPath}},
      {"0o17", {KeyKind::kPath}},
      {"1_000", {KeyKind::kPath}},
      {"+5", {KeyKind::kPath}},
      {"1e3", {KeyKind::kPath}},
      {"1e999", {KeyKind::kPath}},
      {"1,5", {KeyKind::kPath}},
      {"nan", kTexts},
      {"NaN", kTexts},
      {".nan", {KeyKind::kPath}},
      {"inf", kTexts},
      {".inf", {KeyKind::kPath}},
      {"-.inf", {KeyKind::kPath}},
      {"18446744073709551616", {KeyKind::kPath}},  // 2^64
      {"340282366920938463463374607431768211456", {KeyKind::kPath}},
      {"-9223372036854775809", {KeyKind::kPath}},
      {"-2GiB", {KeyKind::kPath}},
      {"-10m", {KeyKind::kPath}},
      {"10 fortnights", {KeyKind::kPath}},
      {"99999d", {KeyKind::kPath}},
      {"2024-01-01", {KeyKind::kPath}},
      {"\"1\"", {KeyKind::kPath}},  // a number in quotes is a text
      {"\"true\"", kTexts},
      {"|\n    1\n", {KeyKind::kPath}},  // a block is a text
  };
  return all;
}

// Just outside what a key takes.
std::vector<std::string> out_of_range(const Key& key) {
  std::vector<std::string> out;
  if (key.kind == KeyKind::kInteger) {
    if (key.least > 0) out.push_back(std::to_string(key.least - 1));
    if (key.most < std::numeric_limits<std::uint64_t>::max())
      out.push_back(std::to_string(key.most + 1));
    out.push_back(fmt::format("{}.5", key.least));
    out.push_back("true");
  }
  if (key.kind == KeyKind::kNumber) {
    out.push_back(fmt::format("{}", key.low - 1e-9));
    out.push_back(fmt::format("{}", key.high + 1e-9));
    out.push_back("true");
  }
  if (key.kind == KeyKind::kDuration && !key.zero_allowed)
    out.insert(out.end(), {"0", "0s", "0.1ns"});
  if (key.kind == KeyKind::kBoolean) out.insert(out.end(), {"1", "TRUE", "on"});
  if (key.kind == KeyKind::kChoice) {
    out.push_back(key.choices.front() + "x");
    out.insert(out.end(), key.later.begin(), key.later.end());
  }
  if (key.name == "name")
    out.insert(out.end(), {"12", "latest", std::string(201, 'x'), "\"a\\nb\"", "\"a \""});
  if (key.name == "id") out.insert(out.end(), {"../evil", "/abs", "9lives", std::string(65, 'x')});
  return out;
}

bool suits(const Value& value, const Key& key) {
  // Names of runs and evaluators are texts with rules of their own.
  const bool odd_name =
      key.kind == KeyKind::kText &&
      (key.name == "name" ? value.text != "" && value.text != "~" && value.text != "null" &&
                                value.text.find_first_of("[{\"|") == std::string::npos
                          : false);
  if (odd_name) return value.text.find_first_not_of("0123456789") != std::string::npos;
  // A line of words may be any text, as a path may.
  const bool is_line = key.kind == KeyKind::kCommand || key.kind == KeyKind::kTexts;
  const KeyKind kind = is_line ? KeyKind::kPath : key.kind;
  return std::find(value.suits.begin(), value.suits.end(), kind) != value.suits.end();
}

std::string dotted(const Section& section, const Key& key) {
  return section.name.empty() ? key.name : section.name + "." + key.name;
}

// The value in a file of its own, and what must be said of it.
void expect_refused(const Section& section, const Key& key, const std::string& value) {
  const std::string line = key.name + ": " + value + "\n";
  const std::string head = section.name == "evaluator" ? "" : "evaluator: toy\n";
  std::string text = head + (section.name.empty() ? line : section.name + ":\n  " + line);
  if (section.name == "evaluator" && key.name != "id") text += "  id: toy\n";
  const std::uint32_t at = 1 + (head.empty() ? 0 : 1) + (section.name.empty() ? 0 : 1);
  const auto result = read(text);
  ASSERT_FALSE(result) << "accepted:\n" << text;
  ASSERT_EQ(result.error().size(), 1u) << text << text_of(result.error());
  const ConfigProblem& problem = result.error().front();
  EXPECT_TRUE(problem.line == at || problem.line == at + 1) << text << problem.text();
  EXPECT_THAT(problem.message, StartsWith(dotted(section, key))) << text;
  EXPECT_THAT(problem.message, HasSubstr("; expected ")) << text;
  if (key.kind == KeyKind::kNotYet) {
    EXPECT_THAT(problem.message, HasSubstr("not available yet")) << text;
  } else if (key.kind != KeyKind::kFigures && key.kind != KeyKind::kDescriptors &&
             key.kind != KeyKind::kWeights && key.kind != KeyKind::kInitial &&
             key.kind != KeyKind::kVariables) {
    EXPECT_THAT(problem.message, HasSubstr("expected " + key.expected)) << text;
  }
}

void expect_override_refused(const Section& section, const Key& key, const std::string& value) {
  const std::string assignment = dotted(section, key) + "=" + value;
  const auto result = read("evaluator: {id: toy}\n", {assignment});
  ASSERT_FALSE(result) << assignment;
  for (const ConfigProblem& problem : result.error())
    EXPECT_THAT(problem.text(), StartsWith("--set " + dotted(section, key))) << assignment;
}

TEST(BadValues, AreRefusedForEveryKeyWithPlaceAndRange) {
  std::size_t count = 0;
  for (const Section& section : sections())
    for (const Key& key : section.keys) {
      std::vector<std::string> bad = out_of_range(key);
      for (const Value& value : values())
        if (!suits(value, key)) bad.push_back(value.text);
      for (const std::string& value : bad) {
        SCOPED_TRACE(dotted(section, key) + ": " + value);
        expect_refused(section, key, value);
        expect_override_refused(section, key, value);
        ++count;
      }
    }
  EXPECT_GT(count, 1'000u);
}

// What suits is read: the table above does not pass by refusing all.
TEST(BadValues, WhatSuitsIsRead) {
  for (const Section& section : sections())
    for (const Key& key : section.keys)
      for (const Value& value : values()) {
        if (!suits(value, key) || section.name == "evaluator") continue;
        const std::string line = key.name + ": " + value.text + "\n";
        EXPECT_EQ(problems("evaluator: toy\n" +
                           (section.name.empty() ? line : section.name + ":\n  " + line)),
                  "");
      }
}

TEST(BadValues, SectionsTakeMapsOrTheirShortForm) {
  for (const Section& section : sections()) {
    if (section.name.empty()) continue;
    const std::string head = section.name == "evaluator" ? "" : "evaluator: toy\n";
    for (const char* value : {"", "~", "[]", "[a]", "\"\""}) {
      // An empty name of a file is the evaluator's schema's to refuse.
      if (section.name == "data" && std::string(value) == "\"\"") continue;
      const std::string text = head + section.name + ": " + value + "\n";
      const auto result = read(text);
      ASSERT_FALSE(result) << text;
      EXPECT_THAT(result.error().front().message, StartsWith(section.name)) << text;
    }
  }
}

// Numbers in what the evaluator reads: refused where YAML's readers differ, whatever the key.
TEST(BadValues, UnsafeNumbersAreRefusedInFreeSections) {
  for (const char* section : {"data", "options", "space"})
    for (const char* value : {"010", "-010", "+5", "18446744073709551616", "-9223372036854775809",
                              ".inf", "-.inf", ".nan", ".NaN"})
      for (const char* form :
           {"{}:\n  a: {}\n", "{}: {{a: [1, {}]}}\n", "{}: {{a: {{b: {}}}}}\n"}) {
        const std::string text =
            "evaluator: toy\n" + fmt::format(fmt::runtime(form), section, value);
        const auto result = read(text);
        ASSERT_FALSE(result) << text;
        EXPECT_THAT(result.error().front().message, HasSubstr(value)) << text;
        EXPECT_GE(result.error().front().line, 2u) << text;
      }
}

}  // namespace
}  // namespace equivolve::engine::test
