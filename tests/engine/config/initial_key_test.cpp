#include "engine/config/initial_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/algorithm_choice.hpp"
#include "engine/config/resolved.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string with(const std::string& initial) {
  return "evaluator: toy\nsearch:\n  initial: " + initial + "\n";
}

InitialConfig initial_of(const std::string& initial) {
  return configuration(with(initial)).search.initial;
}

TEST(InitialKey, TakesTextsMapsReferencesAndRuns) {
  EXPECT_TRUE(configuration("evaluator: toy\n").search.initial.is_empty());
  EXPECT_TRUE(initial_of("{}").is_empty());
  EXPECT_TRUE(initial_of("{candidates: [], references: false}").is_empty());
  const InitialConfig all = initial_of(
      "{candidates: [ACGT, 'x + 1', 3.5, {lr: 0.1, kind: 'a b', n: 3, on: true}], references: "
      "true, from: {run: my run, top: 3, store: other.db}}");
  EXPECT_EQ(all.candidates, (std::vector<std::string>{"ACGT", "x + 1", "3.5",
                                                      "lr: 0.1\nkind: \"a b\"\nn: 3\non: true\n"}));
  EXPECT_TRUE(all.references);
  EXPECT_EQ(all.run, "my run");
  EXPECT_EQ(all.top, 3u);
  EXPECT_EQ(all.store, "/here/other.db");
  const InitialConfig brief = initial_of("{from: 12}");
  EXPECT_EQ(brief.run, "12");
  EXPECT_EQ(brief.top, 10u);
  EXPECT_TRUE(brief.store.empty());
}

TEST(InitialKey, RefusesWhatItDoesNotKnow) {
  const std::pair<const char*, const char*> cases[] = {
      {"latest", "run.yaml:3:12: search.initial is 'latest'; expected candidates, references and"},
      {"{canditates: []}",
       "run.yaml:3:13: search.initial has the key 'canditates'; expected candidates, references or "
       "from; did you mean 'candidates'?"},
      {"{candidates: ACGT}", "has candidates, which is 'ACGT'; expected a list of candidates"},
      {"{candidates: [ACGT, []]}",
       "run.yaml:3:32: search.initial has candidate 2, which is a list"},
      {"{candidates: [~]}", "has candidate 1, which is empty"},
      {"{candidates: [{}]}", "has candidate 1, which is a map"},
      {"{candidates: [{lr: [1]}]}", "has candidate 1, whose lr is a list; expected a value"},
      {"{candidates: [{'l r': 1}]}", "has candidate 1 with 'l r'; expected names of parameters"},
      {"{references: yes}", "has references, which is 'yes'; expected true or false"},
      {"{from: {top: 3}}", "has from without a run; expected a run, or {run: RUN"},
      {"{from: {run: 1, top: 0}}",
       "has from, whose top is '0'; expected an integer from 1 to 1000"},
      {"{from: {run: 1, file: x}}", "has from with the key 'file'; expected run, top or store"},
      {"{from: [1]}", "has from, which is a list; expected a run, or"}};
  for (const auto& [text, message] : cases)
    EXPECT_THAT(first_line(with(text)), HasSubstr(message)) << text;
}

TEST(InitialKey, IsKeptAsItIs) {
  for (const char* text :
       {"{candidates: ['ACGT', \"a: 1\\nb: \\\"x\\\"\\n\"]}", "{references: true}",
        "{from: latest}", "{from: {run: 3, top: 7, store: /a/b.db}}"}) {
    const std::string json = to_json_text(configuration(with(text)));
    const auto back = from_json_text(json);
    ASSERT_TRUE(back) << text_of(back.error());
    EXPECT_EQ(to_json_text(*back), json);
    EXPECT_EQ(back->search.initial.candidates, initial_of(text).candidates);
  }
}

std::string place_of(const std::string& initial, std::size_t candidate, search::Error error) {
  const auto result = read("evaluator: toy\nsearch:\n  initial:\n    candidates:\n" + initial);
  EXPECT_TRUE(result) << text_of(result.error());
  const std::string text = problem_of_candidate(result->document, candidate, error).text();
  return text.substr(0, text.find('\n'));
}

TEST(InitialKey, FaultsAreShownWhereTheyStand) {
  EXPECT_EQ(place_of("      - ACXT\n", 0, {"X", 1, 3}),
            "run.yaml:5:11: search.initial: candidate 1: X");
  EXPECT_EQ(place_of("      - 'ACGT'\n      - \"ACXT\"\n", 1, {"X", 1, 3}),
            "run.yaml:6:12: search.initial: candidate 2: X");
  const std::string block = "      - |\n        0: input\n        1: output <- 0\n";
  EXPECT_EQ(place_of(block, 0, {"X", 2, 4}), "run.yaml:7:12: search.initial: candidate 1: X");
  EXPECT_EQ(place_of("      - {lr: 1,\n         kind: b}\n", 0, {"X", 2, 7}),
            "run.yaml:6:16: search.initial: candidate 1: X");
  EXPECT_EQ(place_of("      - {lr: 1,\n         kind: b}\n", 0, {"X", 2, 1}),
            "run.yaml:6:10: search.initial: candidate 1: X");
  // A text that does not stand there as it is.
  EXPECT_EQ(place_of("      - \"a\\nb\"\n", 0, {"X", 2, 1}),
            "run.yaml:5:9: search.initial: candidate 1: X (line 2, column 1 of its text)");
  // Of the whole.
  EXPECT_EQ(place_of("      - ACXT\n", 0, {"X", 0, 0}),
            "run.yaml:5:9: search.initial: candidate 1: X");
}

TEST(InitialKey, IsForAlgorithmsThatBeginAtRandom) {
  for (const char* algorithm : {"cma_es", "grid", "tpe", "random"}) {
    auto result = read(with("{references: true}"), {"search.algorithm=" + std::string(algorithm)});
    ASSERT_TRUE(result);
    result->configuration.representation = "configuration";
    const std::string said = text_of(settle_algorithm(*result, 1));
    const bool refused = std::string(algorithm) == "cma_es" || std::string(algorithm) == "grid";
    EXPECT_EQ(!said.empty(), refused) << said;
    if (!refused) continue;
    EXPECT_THAT(said, StartsWith("run.yaml:3:12: search.algorithm is '" + std::string(algorithm) +
                                 "', which does not begin with random candidates"));
  }
}

}  // namespace
}  // namespace equivolve::engine::test
