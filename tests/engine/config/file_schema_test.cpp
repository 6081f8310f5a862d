// The schema for editors against a public validator: it is one, it accepts what is fine, refuses
// what is not, and agrees with the reader on generated values.
#include "engine/config/file_schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/config/keys.hpp"
#include "engine/config/node_json.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/config/space.hpp"
#include "engine/config/spaces/program_schema.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "tests/engine/config/config_support.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine::test {
namespace {

using nlohmann::json;

constexpr const char* kPython = "/usr/bin/python3";

bool has_jsonschema() {
  static const bool has =
      tests::run_process({kPython, "-c", "from jsonschema import Draft202012Validator"})
          .exit_code == 0;
  return has;
}

SchemaOfEvaluator algorithm_discovery() {
  const auto module = load_plugin("algorithm_discovery", {EQUIVOLVE_MODULES});
  EXPECT_TRUE(module) << module.error().message;
  return {"algorithm_discovery", "", (*module)->config_schema(), "program"};
}

const std::string& schema() {
  static const std::string text = file_schema({algorithm_discovery()}, false);
  return text;
}

// Whether each value fits, by python3-jsonschema; empty when the schema is none.
std::vector<bool> verdicts(const std::string& schema_text, const std::vector<json>& values) {
  tests::TempFolder folder;
  const std::string file = folder.path() / "given.json";
  std::ofstream(file) << json{{"schema", json::parse(schema_text)}, {"values", values}};
  const tests::Finished done = tests::run_process(
      {kPython, EQUIVOLVE_SOURCE "/tests/engine/config/file_schema_check.py", file});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return json::parse(done.out, nullptr, false).is_array()
             ? json::parse(done.out).get<std::vector<bool>>()
             : std::vector<bool>();
}

bool fits(const std::string& schema_text, const json& value) {
  const auto all = verdicts(schema_text, {value});
  return all.size() == 1 && all[0];
}

json as_json(const std::string& yaml) {
  const auto document = Document::parse(yaml, "run.yaml");
  EXPECT_TRUE(document) << yaml;
  return json_of(document->root(), [](const Mark&, const std::string&) {});
}

// What the reader and the evaluator's schema say of a configuration, without its data.
bool reader_accepts(const json& value) {
  static const SchemaOfEvaluator evaluator = algorithm_discovery();
  auto document = Document::from_json(value.dump());
  ReadConfiguration read = walk_document(std::move(*document), "/runs", "run", options());
  if (!read.problems.empty()) return false;
  if (read.configuration.evaluator.id == evaluator.id &&
      !apply_evaluator_schema(read, evaluator.config_schema, "/runs").empty())
    return false;
  return check_space_alone(read).empty();
}

class FileSchema : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_jsonschema()) GTEST_SKIP() << "python3-jsonschema is not installed";
  }
};

TEST_F(FileSchema, IsOneWhateverIsKnownOfEvaluators) {
  const json good = as_json("evaluator: mine\ndata: {anything: [1, 2]}\noptions: {x: 1}\n");
  EXPECT_TRUE(fits(schema(), good));
  EXPECT_TRUE(fits(file_schema({}, false), good));
  EXPECT_TRUE(fits(file_schema({{"mine", "", "{}"}}, true), good));
  EXPECT_TRUE(fits(file_schema({{"mine", "", "no JSON"}}, true), good));
  EXPECT_FALSE(fits(file_schema({{"other", "", "{}"}}, true), good)) << "another evaluator's";
}

// Of which some change a default space: the schema must know it.
std::string schema_of_all() {
  std::vector<SchemaOfEvaluator> all;
  for (const FoundPlugin& found : list_plugins({EQUIVOLVE_MODULES})) {
    const auto module = load_plugin(found.descriptor.id, {EQUIVOLVE_MODULES});
    if (!module) continue;
    all.push_back({found.descriptor.id, "", (*module)->config_schema(),
                   (*module)->descriptor().representations.front()});
  }
  return file_schema(all, false);
}

TEST_F(FileSchema, AcceptsAllExamples) {
  std::vector<json> values;
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(EQUIVOLVE_SOURCE "/examples")) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream in(entry.path());
    values.push_back(as_json({std::istreambuf_iterator<char>(in), {}}));
    names.push_back(entry.path().filename());
  }
  ASSERT_FALSE(values.empty());
  const auto fit = verdicts(schema_of_all(), values);
  ASSERT_EQ(fit.size(), values.size());
  for (std::size_t i = 0; i < fit.size(); ++i) EXPECT_TRUE(fit[i]) << names[i];
}

// Faults that a schema does not see, by the names of the files in errors/.
bool is_beyond_a_schema(const std::string& name) {
  static const std::set<std::string> names{
      // how a number was spelt, and 2^64 where a reader makes it a fraction
      "seed_is_octal", "seed_is_a_float", "option_octal", "option_integer_as_power",
      "deadline_too_long", "script_on_thread",
      // what keys say of each other, of the data, of files, and of the evaluator
      "tournament_above_population", "repeats_and_aggregate", "schedule_of_one_level",
      "data_file_absent", "data_column_absent", "data_file_is_a_folder", "options_contradict_data",
      "target_unknown", "target_is_a_metric", "target_out_of_reach", "target_reached_by_all",
      "space_dimension_is_the_datas", "space_length_beside_another", "space_lengths_no_range",
      "space_operation_needs_matrices", "space_without_operations", "unknown_evaluator",
      // what the representation, the space and another run say
      "operators_of_another_representation", "foreign_options", "operators_all_off",
      "initial_no_program", "initial_run_absent"};
  return names.contains(name);
}

TEST_F(FileSchema, RefusesTheBadFilesThatItCanSeeThrough) {
  std::vector<json> values;
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(EQUIVOLVE_SOURCE "/tests/engine/config/errors")) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const auto document = Document::parse({std::istreambuf_iterator<char>(in), {}}, "");
    if (!document) continue;      // no YAML: nothing for a schema
    bool spelt_unsafely = false;  // such a number has no value to show to a validator
    values.push_back(
        json_of(document->root(), [&](const Mark&, const std::string&) { spelt_unsafely = true; }));
    names.push_back(entry.path().stem());
    if (spelt_unsafely) {
      values.pop_back();
      names.pop_back();
    }
  }
  const auto fit = verdicts(schema_of_all(), values);
  ASSERT_EQ(fit.size(), values.size());
  EXPECT_GT(fit.size(), 80u);
  for (std::size_t i = 0; i < fit.size(); ++i)
    EXPECT_EQ(fit[i], is_beyond_a_schema(names[i])) << names[i];
}

TEST_F(FileSchema, SaysOfEveryKeyWhatItIsForAndItsDefault) {
  const json properties = json::parse(schema())["properties"];
  for (const std::string& name : top_names())
    EXPECT_FALSE(properties[name].value("description", "").empty()) << name;
  const json search = properties["search"]["properties"];
  EXPECT_EQ(search["lookahead"]["default"], 16);
  EXPECT_EQ(search["lookahead"]["maximum"], 65'536);
  EXPECT_EQ(search["algorithm"]["enum"],
            (json{"auto", "regularized_evolution", "random", "hill_climbing", "mu_plus_lambda",
                  "nsga2", "map_elites", "islands", "tpe", "cma_es", "grid"}));
  EXPECT_EQ(properties["seed"]["maximum"], 18'446'744'073'709'551'615u);
}

TEST_F(FileSchema, OffersShortFormsOnlyWhereTheySayEnough) {
  const SchemaOfEvaluator file_only{
      "toy", "", R"({"properties": {"data": {"type": "object", "required": ["file"],
                 "properties": {"file": {"type": "string", "format": "path"}}}}})"};
  EXPECT_TRUE(fits(file_schema({file_only}, true), as_json("evaluator: toy\ndata: x.csv\n")));
  EXPECT_FALSE(fits(schema(), as_json("evaluator: algorithm_discovery\ndata: x.csv\n")))
      << "no target";
  for (const char* rest :
       {"workers: 2\n", "workers: {count: 2}\n", "store: a.db\n", "store: {durability: relaxed}\n"})
    EXPECT_TRUE(fits(schema(), as_json(std::string("evaluator: toy\n") + rest))) << rest;
}

// ---- agreement on generated values
// ---------------------------------------------------------------------------------------

const std::vector<json>& pool() {
  static const std::vector<json> values{nullptr,
                                        true,
                                        false,
                                        0,
                                        1,
                                        2,
                                        3,
                                        52,
                                        53,
                                        100,
                                        1000,
                                        1001,
                                        4096,
                                        4097,
                                        65'536,
                                        65'537,
                                        10'000'000,
                                        10'000'001,
                                        18'446'744'073'709'551'615u,
                                        -1,
                                        0.5,
                                        -0.5,
                                        1.5,
                                        1e300,
                                        "",
                                        "x",
                                        "text",
                                        "random",
                                        "off",
                                        "reuse",
                                        "full",
                                        "tbb",
                                        "thread",
                                        "10m",
                                        "1.5h",
                                        "1.5 h",
                                        "0s",
                                        "0",
                                        "-1s",
                                        "10",
                                        "1 fortnight",
                                        ".5s",
                                        "2GiB",
                                        "linear",
                                        "latest",
                                        "12",
                                        " a",
                                        "a ",
                                        "a\tb",
                                        "2.",
                                        "mean",
                                        "none",
                                        "classification",
                                        json::array(),
                                        json::array({1}),
                                        json::array({"x"}),
                                        json::array({""}),
                                        {{"a", json::object()}},
                                        {{"a", {{"low", -1.5}, {"high", 2}, {"bins", 3}}}},
                                        {{"a", {{"low", "0"}}}},
                                        {{"a", {{"bins", 0}}}},
                                        {{"a", {{"bins", 10'000'001}}}},
                                        {{"a", {{"width", 1}}}},
                                        {{"a b", json::object()}},
                                        json::array({"dot"}),
                                        json::object(),
                                        json{{"x", 1}},
                                        json{{"x y", 1}},
                                        json{{"x", "y"}},
                                        json{{"length", 3}}};
  return values;
}

struct Trial {
  json value;
  std::string what;
};

// A plain scalar where a text belongs: the reader takes it as written, for a schema it is no text.
bool is_plain_text(const Key& key, const json& value) {
  const bool line = key.kind == KeyKind::kCommand || key.kind == KeyKind::kTexts;
  const bool texts = line || key.kind == KeyKind::kText || key.kind == KeyKind::kPath ||
                     key.kind == KeyKind::kDuration || key.kind == KeyKind::kSize;
  return (texts && !value.is_string() && value.is_primitive()) ||
         ((line || key.kind == KeyKind::kPaths) && value == json::array({1}));
}

void expect_agreement(const std::vector<Trial>& trials) {
  std::vector<json> values;
  for (const Trial& trial : trials) values.push_back(trial.value);
  const auto fit = verdicts(schema_of_all(), values);
  ASSERT_EQ(fit.size(), trials.size());
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < fit.size(); ++i) {
    EXPECT_EQ(fit[i], reader_accepts(trials[i].value)) << trials[i].what;
    accepted += fit[i] ? 1 : 0;
  }
  EXPECT_GT(accepted, trials.size() / 20);
  EXPECT_LT(accepted, trials.size());
}

TEST_F(FileSchema, AgreesWithTheReaderOnEveryKey) {
  std::vector<Trial> trials;
  for (const Section& section : sections())
    for (const Key& key : section.keys)
      for (const json& value : pool()) {
        if (is_plain_text(key, value)) continue;
        // A tournament is held against the population.
        json file = {{"evaluator", {{"id", "toy"}}}, {"search", {{"population_size", 10'000'000}}}};
        (section.name.empty() ? file : file[section.name])[key.name] = value;
        trials.push_back({file, section.name + "." + key.name + " = " + value.dump()});
      }
  EXPECT_GT(trials.size(), 1'000u);
  expect_agreement(trials);
}

TEST_F(FileSchema, AgreesWithTheReaderOnSectionsAndUnknownKeys) {
  std::vector<Trial> trials;
  for (const Section& section : sections()) {
    if (section.name.empty() || section.name == "vary" || section.name == "data") continue;
    for (const json& value : pool()) {
      const bool short_text = section.short_form == "id" || section.short_form == "file";
      if (short_text && value.is_primitive() && !value.is_string()) continue;
      json file = {{"evaluator", "toy"}};
      file[section.name] = value;
      trials.push_back({file, section.name + " = " + value.dump()});
    }
    json unknown = {{"evaluator", {{"id", "toy"}}}};
    if (!section.free_form) {
      unknown[section.name]["no_such_key"] = 1;
      trials.push_back({unknown, section.name});
    }
  }
  trials.push_back({{{"seed", 1}}, "no evaluator"});
  trials.push_back({{{"evaluator", "toy"}, {"sede", 1}}, "unknown"});
  trials.push_back({json::array(), "a list"});
  expect_agreement(trials);
}

// Every key of every form of the evaluator's own settings, and of the space.
void add_trials(const json& schema_part, const json& complete, const std::string& pointer,
                std::vector<Trial>& trials) {
  if (schema_part.contains("properties"))
    for (const auto& [key, of_key] : schema_part["properties"].items()) {
      for (const json& value : pool()) {
        json file = complete;
        file[json::json_pointer(pointer + "/" + key)] = value;
        trials.push_back({file, pointer + "/" + key + " = " + value.dump()});
      }
      add_trials(of_key, complete, pointer + "/" + key, trials);
    }
  if (schema_part.contains("oneOf"))
    for (const json& form : schema_part["oneOf"]) add_trials(form, complete, pointer, trials);
}

TEST_F(FileSchema, AgreesWithTheReaderOnTheEvaluatorsSettings) {
  std::vector<Trial> trials;
  const json config = json::parse(algorithm_discovery().config_schema);
  for (const json& data :
       {json{{"file", "x.csv"}, {"target", "y"}}, json{{"synthetic", "linear"}}}) {
    const json complete = {
        {"evaluator", "algorithm_discovery"}, {"data", data}, {"options", json::object()}};
    add_trials(config, complete, "", trials);
  }
  // How a number is spelt: whole for a schema, no integer for the reader.
  std::erase_if(trials, [](const Trial& trial) { return trial.what == "/data/target = 1e+300"; });
  EXPECT_GT(trials.size(), 1'000u);
  expect_agreement(trials);
}

TEST_F(FileSchema, AgreesWithTheReaderOnTheSpace) {
  std::vector<Trial> trials;
  const json complete = {{"evaluator", "toy"}, {"space", json::object()}};
  add_trials({{"properties", {{"space", json::parse(program_schema())}}}}, complete, "", trials);
  // What a schema does not see: that no operation is left, and lengths beside each other.
  trials.erase(std::remove_if(trials.begin(), trials.end(),
                              [](const Trial& trial) {
                                return trial.what.find("operations = []") != std::string::npos;
                              }),
               trials.end());
  expect_agreement(trials);
}

}  // namespace
}  // namespace equivolve::engine::test
