// C2 and C4 for what a built-in evaluator and the space take: each key with a letter dropped,
// doubled, swapped, and with values of a wrong type or out of range.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "engine/config/schema_check.hpp"
#include "engine/config/space.hpp"
#include "engine/config/spaces/program_schema.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string config_schema() {
  const auto module = load_plugin("algorithm_discovery", {EQUIVOLVE_MODULES});
  EXPECT_TRUE(module) << module.error().message;
  return (*module)->config_schema();
}

std::string all_problems(const json& file) {
  static const std::string schema = config_schema();
  auto document = Document::from_json(file.dump());
  ReadConfiguration read = walk_document(std::move(*document), "/runs", "run", options());
  ConfigProblems problems = apply_evaluator_schema(read, schema, "/runs");
  const ConfigProblems of_space = check_space_alone(read);
  problems.insert(problems.end(), of_space.begin(), of_space.end());
  return text_of(problems);
}

// Every map that has keys of its own, as a pointer into a file.
void expect_suggestions(const json& schema, const json& complete, const std::string& pointer) {
  if (schema.contains("oneOf"))
    for (const json& form : schema["oneOf"]) expect_suggestions(form, complete, pointer);
  if (!schema.contains("properties")) return;
  for (const auto& [key, of_key] : schema["properties"].items()) {
    for (const std::string& wrong : misspelt(key)) {
      json file = complete;
      json& map = file[json::json_pointer(pointer)];
      if (map.is_null()) map = json::object();
      map.erase(key);
      map[wrong] = 1;
      const std::string said = all_problems(file);
      EXPECT_THAT(said, HasSubstr("unknown key '" + wrong + "'")) << file;
      EXPECT_THAT(said, HasSubstr("did you mean '" + key + "'?")) << file;
    }
    expect_suggestions(of_key, complete, pointer + "/" + key);
  }
}

TEST(MisspeltSettings, AreRefusedWithTheRightOne) {
  const json config = json::parse(config_schema());
  const json table = {{"evaluator", "algorithm_discovery"},
                      {"data", {{"file", "x"}, {"target", "y"}}}};
  json made_up = table;
  made_up["data"] = {{"synthetic", "linear"}, {"tasks", 1}, {"dimension", 1}};
  const json& forms = config["properties"]["data"]["oneOf"];
  ASSERT_EQ(forms.size(), 2u);
  expect_suggestions(forms[0], table, "/data");
  expect_suggestions(forms[1], made_up, "/data");
  json with_options = table;
  with_options["options"] = json::object();
  expect_suggestions(config["properties"]["options"], with_options, "/options");
  with_options["space"] = json::object();
  expect_suggestions(json::parse(program_schema()), with_options, "/space");
}

// ---- values
// ---------------------------------------------------------------------------------------

std::vector<std::string> types_of(const json& of_key) {
  const json type = of_key.value("type", json());
  if (type.is_array()) return type.get<std::vector<std::string>>();
  return type.is_string() ? std::vector<std::string>{type} : std::vector<std::string>{};
}

bool has_type(const json& of_key, const std::string& type) {
  const auto types = types_of(of_key);
  return std::find(types.begin(), types.end(), type) != types.end();
}

// As they stand in a file.
std::vector<std::string> bad_values(const json& of_key) {
  if (of_key.contains("enum")) return {"no_such_choice", "3", "[a]", "{a: 1}"};
  std::vector<std::string> bad{"{a: 1}"};
  const bool texts = has_type(of_key, "string"), lists = has_type(of_key, "array"),
             integers = has_type(of_key, "integer"), numbers = has_type(of_key, "number");
  if (!lists) bad.push_back("[1]");
  if (!has_type(of_key, "boolean")) bad.push_back("true");
  if (!texts) bad.insert(bad.end(), {"word", "\"3\""});
  if (texts && lists && of_key.contains("anyOf")) bad.push_back("word");
  if (!numbers && !integers) bad.push_back("3");
  if (!numbers) bad.insert(bad.end(), {"2.5", "1e1", "3.0"});
  if (!integers && !numbers) return bad;
  if (const json least = of_key.value("minimum", json()); least.is_number_integer())
    bad.push_back(std::to_string(least.get<std::int64_t>() - 1));
  else if (least.is_number())
    bad.push_back(std::to_string(least.get<double>() - 1));
  const json most = of_key.value("maximum", json());
  if (most.is_number_integer() && most != json(std::numeric_limits<std::uint64_t>::max()))
    bad.push_back(std::to_string(most.get<std::uint64_t>() + 1));
  if (most.is_number_float()) bad.push_back(json(most.get<double>() * 2).dump());
  if (of_key.contains("exclusiveMinimum")) bad.push_back(of_key["exclusiveMinimum"].dump());
  return bad;
}

// Of what must be said of a key, the part that the schema's types and ranges decide.
std::vector<std::string> said_of(const json& of_key) {
  std::vector<std::string> words;
  if (has_type(of_key, "integer")) words.push_back("an integer");
  if (has_type(of_key, "number")) words.push_back("a number");
  if (has_type(of_key, "array") && !of_key.contains("anyOf")) words.push_back("a list");
  if (of_key.contains("enum")) words.push_back(of_key["enum"][0].dump());
  if (of_key.contains("minimum") && of_key.contains("maximum"))
    words.push_back("from " + of_key["minimum"].dump() + " to " + of_key["maximum"].dump());
  for (std::string& word : words) std::erase(word, '"');
  return words;
}

struct FileText {
  std::string text;
  std::uint32_t line = 1;
  void add(std::size_t depth, const std::string& content) {
    text += std::string(2 * depth, ' ') + content + "\n";
    ++line;
  }
};

// A file with a line for each of `rest`, then the path to the key, then the bad value.
void expect_refused(const std::vector<std::string>& path, const std::string& value,
                    const std::vector<std::string>& rest, const json& of_key) {
  static const std::string schema = config_schema();
  FileText file;
  file.add(0, "evaluator: algorithm_discovery");
  if (path[0] != "data") file.add(0, "data: {synthetic: linear}");
  for (std::size_t i = 0; i + 1 < path.size(); ++i) file.add(i, path[i] + ":");
  for (const std::string& line : rest) file.add(path.size() - 1, line);
  const std::uint32_t line = file.line;
  file.add(path.size() - 1, path.back() + ": " + value);
  auto document = Document::parse(file.text, "run.yaml");
  ASSERT_TRUE(document) << file.text;
  ReadConfiguration read = walk_document(std::move(*document), "/runs", "run", options());
  ConfigProblems problems = read.problems;
  add_new(problems, apply_evaluator_schema(read, schema, "/runs"));
  add_new(problems, check_space_alone(read));
  ASSERT_EQ(problems.size(), 1u) << file.text << text_of(problems);
  EXPECT_EQ(problems[0].line, line) << file.text << problems[0].text();
  EXPECT_EQ(problems[0].column, 2 * (path.size() - 1) + path.back().size() + 3)
      << file.text << problems[0].text();
  std::string name = path[0];
  for (std::size_t i = 1; i < path.size(); ++i) name += "." + path[i];
  EXPECT_THAT(problems[0].message, StartsWith(name + " is ")) << file.text;
  EXPECT_THAT(problems[0].message, HasSubstr("; expected ")) << file.text;
  for (const std::string& words : said_of(of_key))
    EXPECT_THAT(problems[0].message, HasSubstr(words)) << file.text;
}

std::size_t expect_all_refused(const json& schema, const std::vector<std::string>& path,
                               const std::vector<std::string>& rest) {
  std::size_t count = 0;
  for (const auto& [key, of_key] : schema["properties"].items()) {
    std::vector<std::string> inner = path;
    inner.push_back(key);
    if (of_key.contains("properties")) {
      count += expect_all_refused(of_key, inner, {});
      continue;
    }
    std::vector<std::string> others;
    for (const std::string& line : rest)
      if (!line.starts_with(key + ":")) others.push_back(line);
    // What chooses the form has no wrong value that still chooses it.
    if (key == "synthetic" || key == "representation") continue;
    for (const std::string& value : bad_values(of_key)) {
      expect_refused(inner, value, others, of_key);
      ++count;
    }
  }
  return count;
}

TEST(BadSettings, AreRefusedForEveryKeyWithPlaceAndRange) {
  const json config = json::parse(config_schema());
  const json& forms = config["properties"]["data"]["oneOf"];
  std::size_t count = expect_all_refused(forms[0], {"data"}, {"file: x.csv", "target: y"});
  count += expect_all_refused(forms[1], {"data"}, {"synthetic: linear"});
  count += expect_all_refused(config["properties"]["options"], {"options"}, {});
  count += expect_all_refused(json::parse(program_schema()), {"space"}, {});
  EXPECT_GT(count, 300u);
}

}  // namespace
}  // namespace equivolve::engine::test
