// C2 for what a built-in evaluator and the space take: each key with a letter dropped, doubled,
// swapped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/config/schema_check.hpp"
#include "engine/config/space.hpp"
#include "engine/config/space_schema.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

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
  expect_suggestions(json::parse(space_schema()), with_options, "/space");
}

}  // namespace
}  // namespace equivolve::engine::test
