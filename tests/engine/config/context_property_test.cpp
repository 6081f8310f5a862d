// C9: the same meaning in another order, with comments and other quoting, is the same evaluation
// context.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/config/schema_check.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "hashing/stream.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

constexpr const char* kSchema = R"({"properties": {
  "data": {"oneOf": [
    {"type": "object", "required": ["file", "target"], "properties": {
      "file": {"type": "string", "format": "path"}, "labels": {"type": "string", "format": "path"},
      "target": {"type": "string"}, "share": {"type": "number", "default": 0.2}}},
    {"type": "object", "required": ["synthetic"], "properties": {"synthetic": {"enum": ["linear"]}}}]},
  "options": {"type": "object", "properties": {
    "epochs": {"type": "integer", "default": 3}, "rate": {"type": "number"}, "scale": {"type": "number", "default": 1}}}}})";

hashing::Digest context(const std::string& text, const std::filesystem::path& folder = "/runs") {
  auto result = read_configuration_text(text, "run.yaml", folder, options());
  if (!result) {
    ADD_FAILURE() << text << text_of(result.error());
    return {};
  }
  const ConfigProblems problems = apply_evaluator_schema(*result, kSchema, folder);
  EXPECT_TRUE(problems.empty()) << text << text_of(problems);
  const Configuration& c = result->configuration;
  return evaluation_context({"toy", "1", "", true, true, true, false, {"program"}}, EvaluatorInfo{},
                            c.evaluator.config_json, c.space_json, kSchema);
}

// One setting and the other ways to write it.
struct Setting {
  std::string key;
  std::vector<std::string> spellings;  // "": left out, as it is the default
};
const std::vector<Setting> kOptions{
    {"task", {"classification", "'classification'", "\"classification\""}},
    {"rate", {"0.001", "1e-3", "1.0e-3", "0.00100"}},
    {"layers", {"[1, 2]", "[ 1,2 ]"}},
    {"flag", {"true"}},
    {"epochs", {"3", ""}},
    {"scale", {"1", "1.0", "1e0", ""}},
    {"nested", {"{a: 1, b: x}", "{b: 'x', a: 1}", "{\"b\": x, 'a': 1}"}}};

const std::vector<Setting> kData{{"file", {"x.csv", "'sub/../x.csv'", "/elsewhere/other.csv"}},
                                 {"labels", {"l.csv", "\"m.csv\""}},
                                 {"target", {"y", "'y'", "\"\\x79\""}},
                                 {"share", {"0.2", "2e-1", "0.20", ""}}};
const std::vector<Setting> kMemories{{"scalars", {"5"}}, {"vectors", {"3"}}, {"matrices", {"0"}}};

template <class T>
void shuffle(std::vector<T>& items, hashing::Stream& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

// A map in braces or in lines, in any order, with comments.
std::string map_of(std::vector<Setting> settings, hashing::Stream& random,
                   const std::string& indent) {
  shuffle(settings, random);
  const bool flow = random.chance(0.5);
  std::string out = flow ? "{" : "\n";
  for (const Setting& setting : settings) {
    const std::string& spelling = setting.spellings[random.below(setting.spellings.size())];
    if (spelling.empty()) continue;
    const std::string key = random.chance(0.3) ? "\"" + setting.key + "\"" : setting.key;
    const std::string one = key + ": " + spelling;
    out += flow ? one + ", " : indent + one + (random.chance(0.5) ? "   # comment\n" : "\n\n");
  }
  return out + (flow ? "}\n" : "");
}

std::string written(hashing::Stream& random) {
  std::vector<std::string> parts{
      random.chance(0.5) ? "evaluator: toy\n" : "evaluator: {deadline: 1m, id: 'toy'}\n",
      "options: " + map_of(kOptions, random, "    "), "data: " + map_of(kData, random, "  "),
      "space:\n  memories: " + map_of(kMemories, random, "     "),
      "# a comment\nseed: " + std::to_string(random.below(9)) + "\n"};
  shuffle(parts, random);
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

TEST(EvaluationContextOfFiles, DependsOnMeaningOnly) {
  hashing::Stream random(2024, hashing::Purpose::kTest, 0);
  const hashing::Digest expected = context(written(random));
  for (int i = 0; i < 200; ++i) {
    const std::string text = written(random);
    EXPECT_EQ(context(text, i % 2 == 0 ? "/runs" : "/elsewhere"), expected) << text;
  }
}

TEST(EvaluationContextOfFiles, AnyOtherValueIsAnother) {
  const std::string options = "options: {a: 1, b: [1, 2], c: text}\n",
                    data = "data: {file: x.csv, target: y}\n",
                    space = "space: {memories: {scalars: 5}}\n";
  auto file = [&](const std::string& o, const std::string& d, const std::string& s) {
    return context("evaluator: toy\n" + o + d + s);
  };
  const hashing::Digest base = file(options, data, space);
  for (const char* other :
       {"options: {a: 2, b: [1, 2], c: text}\n", "options: {a: 1, b: [2, 1], c: text}\n",
        "options: {a: 1, b: [1, 2], c: Text}\n", "options: {a: '1', b: [1, 2], c: text}\n",
        "options: {a: 1, b: [1, 2]}\n", "options: {a: 1, b: [1, 2], c: text, epochs: 4}\n"})
    EXPECT_NE(base, file(other, data, space)) << other;
  for (const char* other :
       {"data: {file: x.csv, target: z}\n", "data: {file: x.csv, target: y, share: 0.3}\n",
        "data: {synthetic: linear}\n"})
    EXPECT_NE(base, file(options, other, space)) << other;
  EXPECT_NE(base, file(options, data, "space: {memories: {scalars: 6}}\n"));
  EXPECT_EQ(base, file(options, data, "space: {memories: {scalars: 5}, setup: {length: 3}}\n"))
      << "lengths say what is bred, not what it means";
}

}  // namespace
}  // namespace equivolve::engine::test
