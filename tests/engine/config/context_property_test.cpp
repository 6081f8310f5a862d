// C9: the same meaning in another order, with comments and other quoting, is the same evaluation
// context.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/plugins/plugin_host.hpp"
#include "hashing/stream.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

hashing::Digest context(const std::string& text, const std::filesystem::path& folder = "/runs") {
  const auto result = read_configuration_text(text, "run.yaml", folder, options());
  if (!result) {
    ADD_FAILURE() << text << text_of(result.error());
    return {};
  }
  const Configuration& c = result->configuration;
  return evaluation_context({"toy", "1", "", true, true, true, false, {"program"}}, EvaluatorInfo{},
                            c.evaluator.config_json, c.space_json);
}

// One setting and the other ways to write it.
struct Setting {
  std::string key;
  std::vector<std::string> spellings;
};
const std::vector<Setting> kOptions{
    {"task", {"classification", "'classification'", "\"classification\""}},
    {"rate", {"0.001", "1e-3", "1.0e-3", "0.00100"}},
    {"layers", {"[1, 2]", "[ 1,2 ]"}},
    {"flag", {"true"}},
    {"nested", {"{a: 1, b: x}", "{b: 'x', a: 1}", "{\"b\": x, 'a': 1}"}}};

std::string written(hashing::Stream& random) {
  std::vector<Setting> settings = kOptions;
  for (std::size_t i = settings.size(); i > 1; --i)
    std::swap(settings[i - 1], settings[random.below(i)]);
  const bool flow = random.chance(0.5);
  std::string options = flow ? "options: {" : "options:\n";
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto& spellings = settings[i].spellings;
    const std::string one = settings[i].key + ": " + spellings[random.below(spellings.size())];
    options += flow ? (i ? ", " : "") + one
                    : "    " + one + (random.chance(0.5) ? "   # comment\n" : "\n");
  }
  std::vector<std::string> parts{"evaluator: toy\n", options + (flow ? "}\n" : ""),
                                 random.chance(0.5) ? "data: {file: x.csv, target: y}\n"
                                                    : "data:\n  target: 'y'\n  file: other.csv\n",
                                 "# a comment\nseed: " + std::to_string(random.below(9)) + "\n"};
  for (std::size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[random.below(i)]);
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
  const std::string base = "evaluator: toy\noptions: {a: 1, b: [1, 2], c: text}\n";
  for (const char* other : {"evaluator: toy\noptions: {a: 2, b: [1, 2], c: text}\n",
                            "evaluator: toy\noptions: {a: 1, b: [2, 1], c: text}\n",
                            "evaluator: toy\noptions: {a: 1, b: [1, 2], c: Text}\n",
                            "evaluator: toy\noptions: {a: '1', b: [1, 2], c: text}\n",
                            "evaluator: toy\noptions: {a: 1, b: [1, 2]}\n",
                            "evaluator: toy\ndata: {n: 1}\noptions: {a: 1, b: [1, 2], c: text}\n"})
    EXPECT_NE(context(base), context(other)) << other;
}

}  // namespace
}  // namespace equivolve::engine::test
