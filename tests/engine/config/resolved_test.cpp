#include "engine/config/resolved.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/config/keys.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

// Texts that between them set every key to something that is not its default, and awkward values.
const std::vector<std::string> kTexts{
    "evaluator: toy\n",
    "name: 'a \"quoted\" \xc3\xa9: name'\nseed: 18446744073709551615\nevaluator: {id: toy, "
    "deadline: 0, max_failed_share: 0.1}\n",
    "evaluator: toy\ndata: {file: x.csv, n: null, list: [1, 2.5, -3, true, 'true', \"010\"], "
    "nested: {a: {b: []}}}\n",
    "evaluator: toy\noptions: {tiny: 5e-324, third: 0.3333333333333333, big: 1e300, text: "
    "\"line\\nbreak \\u00e9\"}\n",
    "evaluator: toy\nspace: {memories: {scalars: 7}, setup: {length: 3}}\n",
    "evaluator: toy\nsearch: {algorithm: random, population_size: 3, tournament_size: 2, "
    "mutation_probability: 0.1,\n"
    "  crossover_probability: 0.7, restart_after: 12, lookahead: 5}\n",
    "evaluator: toy\nsearch: {algorithm: map_elites, descriptors: {a: {}, b.c: {low: -1, high: "
    "2.5, bins: 7}}, neighbours: 9, children: 11}\n",
    "evaluator: toy\nsearch: {operators: {insert_token: 0, gaussian_step: 2.5}, initial: "
    "{candidates: [ACGT, {a: 1, b: 'x y'}], references: true, from: {run: r, top: 3}}}\n",
    "evaluator: toy\nsearch: {algorithm: islands, islands: 3, island_algorithm: mu_plus_lambda, "
    "migration: random, migration_every: 0}\n",
    "evaluator: toy\nhashing: {policy: off, capacity: 3, verify_fraction: 0, mantissa_bits: 52, "
    "record: true}\n",
    "evaluator: toy\nbudget: {candidates: 0}\n",
    "evaluator: toy\nbudget: {evaluations: 9, time: 1.5h, target: {acc: 0.1, loss: -1e-9}}\nfinal: "
    "{top: 1, repeats: 2}\n",
    "evaluator: {id: toy, isolation: process}\nworkers: {launcher: \"srun -n1 'a b'\", "
    "environment: {A: 1, B: \"{slot}\"}, prefetch: 3, start_deadline: 90s}\n",
    "evaluator: {command: \"python3 'a b.py'\"}\n",
    "evaluator: {command: [sh, \"{x}\"], metrics: {loss: minimize}, deadline: 3s}\n",
    "evaluator: toy\nplugins: {folders: [a, '/b c']}\nworkers: {count: 9, executor: threads}\n"
    "store: {file: s.db, durability: relaxed}\n"};

TEST(Resolved, RoundTrips) {
  for (const std::string& text : kTexts) {
    const std::string json = to_json_text(configuration(text));
    const auto back = from_json_text(json);
    ASSERT_TRUE(back) << text_of(back.error()) << json;
    EXPECT_EQ(to_json_text(*back), json);
    const Configuration original = configuration(text);
    EXPECT_EQ(back->name, original.name);
    EXPECT_EQ(back->seed, original.seed);
    EXPECT_EQ(back->evaluator.config_json, original.evaluator.config_json);
    EXPECT_EQ(back->evaluator.deadline, original.evaluator.deadline);
    EXPECT_EQ(back->space_json, original.space_json);
    EXPECT_EQ(back->budget.candidates, original.budget.candidates);
    EXPECT_EQ(back->budget.time, original.budget.time);
    EXPECT_EQ(back->budget.target, original.budget.target);
    EXPECT_EQ(back->hashing.policy, original.hashing.policy);
    EXPECT_EQ(back->hashing.verify_fraction, original.hashing.verify_fraction);
    EXPECT_EQ(back->plugin_folders, original.plugin_folders);
    EXPECT_EQ(back->store.file, original.store.file);
    EXPECT_EQ(back->store.relaxed, original.store.relaxed);
    EXPECT_EQ(back->workers, original.workers);
    EXPECT_EQ(back->start_deadline, original.start_deadline);
    EXPECT_EQ(back->executor, original.executor);
  }
}

TEST(Resolved, IsAFileThatSaysTheSame) {
  for (const std::string& text : kTexts) {
    const std::string json = to_json_text(configuration(text));
    EXPECT_EQ(to_json_text(configuration(json)), json) << "JSON is YAML too";
  }
}

TEST(Resolved, HoldsEveryKeyOfTheTables) {
  const auto json = nlohmann::json::parse(to_json_text(
      configuration("evaluator: {id: toy, memory: 2GiB, cpu_time: 1m, open_files: 99, command: "
                    "[toy]}\n"
                    "workers: {launcher: nice, environment: {A: b}}\n"
                    "budget: {candidates: 1, evaluations: 1, time: 1s, target: {a: 1}}\n")));
  for (const Section& section : sections()) {
    if (section.name == "vary") continue;
    const nlohmann::json part =
        section.name.empty() ? json : json.value(section.name, nlohmann::json());
    EXPECT_TRUE(part.is_object()) << section.name;
    // Metrics stand in the options.
    for (const std::string& key : key_names(section))
      EXPECT_TRUE(part.contains(key) || key == "metrics") << section.name << "." << key;
  }
}

TEST(Resolved, WhatEvaluatorsAndWorkersAreWithoutAWord) {
  const Configuration module = configuration("evaluator: toy\n");
  EXPECT_EQ(module.evaluator.deadline, std::chrono::minutes(10));
  EXPECT_EQ(module.evaluator.isolation, "") << "it depends on where the module lies";
  EXPECT_EQ(module.prefetch, 1u);
  EXPECT_FALSE(module.evaluator.memory || module.evaluator.cpu_time || module.evaluator.open_files);
  const Configuration free =
      configuration("evaluator: {id: toy, memory: 0, cpu_time: 0, open_files: 0}\n");
  const auto back = from_json_text(to_json_text(free));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->evaluator.memory, 0u) << "no limit is not what holds without a word";
  EXPECT_EQ(back->evaluator.cpu_time, std::chrono::nanoseconds(0));
  EXPECT_EQ(back->evaluator.open_files, 0u);
  for (const char* text : {"evaluator: {command: toy}\n", "evaluator: script\n"}) {
    const Configuration program = configuration(text);
    EXPECT_EQ(program.evaluator.deadline.count(), 0) << text;
    EXPECT_EQ(program.evaluator.isolation, "process") << text;
  }
  const Configuration given = configuration("evaluator: {command: toy, deadline: 3s}\n");
  EXPECT_EQ(given.evaluator.deadline, std::chrono::seconds(3));
  EXPECT_EQ(configuration("evaluator: toy\nworkers: {launcher: srun}\n").prefetch, 16u);
  EXPECT_EQ(configuration("evaluator: toy\nworkers: {launcher: srun, prefetch: 2}\n").prefetch, 2u);
}

TEST(Resolved, TheShortFormOfAScriptIsTheLongOne) {
  const std::string rest = "search: {algorithm: random}\n";
  const Configuration expected = configuration(
      "evaluator: {id: script, deadline: 3s}\noptions: {command: [sh, t.sh, \"--x={x}\", "
      "[\"{y}\"]], "
      "metrics: {loss: minimize}, deterministic: true}\n" +
      rest);
  EXPECT_EQ(
      to_json_text(configuration(
          "evaluator: {command: [sh, t.sh, \"--x={x}\", [\"{y}\"]], metrics: {loss: minimize}, "
          "deadline: 3s}\noptions: {deterministic: true}\n" +
          rest)),
      to_json_text(expected));
  const Configuration line =
      configuration("evaluator: {command: \"sh t.sh --x={x}\", metrics: {loss: minimize}}\n");
  EXPECT_EQ(nlohmann::json::parse(line.evaluator.config_json)["options"]["command"],
            nlohmann::json({"sh", "t.sh", "--x={x}"}));
  const auto twice = read(
      "evaluator: {command: [sh], metrics: {loss: minimize}}\noptions: {metrics: {a: minimize}}\n");
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().front().message,
              HasSubstr("evaluator.metrics and options.metrics say the same"));
}

TEST(Resolved, WhatIsNoConfigurationIsRefused) {
  EXPECT_FALSE(from_json_text("{"));
  const auto bad = from_json_text(R"({"evaluator": {"id": "toy"}, "seed": "x"})");
  ASSERT_FALSE(bad);
  EXPECT_EQ(
      text_of(bad.error()),
      "configuration: seed is the text \"x\", which is a text because of its quotes; expected an "
      "integer from 0 to 18446744073709551615\n");
}

}  // namespace
}  // namespace equivolve::engine::test
