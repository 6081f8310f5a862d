// The schemas say what the reader does.
#include <gtest/gtest.h>

#include <functional>

#include "evaluators/algorithm_discovery/settings.hpp"
#include "tests/evaluators/support/algorithm_discovery.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;

json config_schema() {
  return json::parse(text_of(algorithm_discovery().config_schema));
}

/// Calls f(key, schema of the key) for every property of a mapping's schema.
void for_each(const json& schema, const std::function<void(const std::string&, const json&)>& f) {
  EXPECT_EQ(schema["additionalProperties"], false);
  for (const auto& item : schema["properties"].items()) {
    EXPECT_FALSE(item.value().value("description", "").empty()) << item.key();
    f(item.key(), item.value());
  }
}

bool accepted(const json& config) {
  try {
    equivolve::algorithm_discovery::read_settings(config.dump());
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void expect_key_agrees(const json& base, const json::json_pointer& section, const std::string& key,
                       const json& schema) {
  auto with = [&](const json& value) {
    json config = base;
    config[section / key] = value;
    return config;
  };
  if (schema.contains("default")) {
    EXPECT_TRUE(accepted(with(schema["default"]))) << key;
  }
  if (schema.contains("enum")) {
    for (const json& value : schema["enum"]) EXPECT_TRUE(accepted(with(value))) << key << value;
    EXPECT_FALSE(accepted(with("something else"))) << key;
  }
  if (schema.contains("minimum")) {
    EXPECT_TRUE(accepted(with(schema["minimum"]))) << key;
    EXPECT_FALSE(accepted(with(schema["minimum"].get<double>() - 1))) << key;
  }
  if (schema.contains("maximum")) {
    EXPECT_TRUE(accepted(with(schema["maximum"]))) << key;
    EXPECT_FALSE(accepted(with(schema["maximum"].get<double>() * 2 + 1))) << key;
  }
  // Lists of columns or of texts, else no list at all.
  const json type = schema.value("type", json());
  const bool list = type == "array" || (type.is_array() && type.back() == "array");
  EXPECT_FALSE(accepted(with(list ? json::array({json::object()}) : json::array()))) << key;
}

TEST(Schema, AgreesWithTheReader) {
  const json schema = config_schema();
  const json table = {{"data", {{"file", "x.csv"}, {"target", "y"}}}},
             drawn = {{"data", {{"synthetic", "linear"}}}};
  for_each(schema["properties"]["data"]["oneOf"][0], [&](const std::string& key, const json& s) {
    expect_key_agrees(table, json::json_pointer("/data"), key, s);
  });
  for_each(schema["properties"]["data"]["oneOf"][1], [&](const std::string& key, const json& s) {
    expect_key_agrees(drawn, json::json_pointer("/data"), key, s);
  });
  for_each(schema["properties"]["options"], [&](const std::string& key, const json& s) {
    if (key != "task") expect_key_agrees(drawn, json::json_pointer("/options"), key, s);
    expect_key_agrees(table, json::json_pointer("/options"), key, s);
  });
}

TEST(Schema, NamesTheDefaults) {
  const json options = config_schema()["properties"]["options"]["properties"];
  const equivolve::algorithm_discovery::Options defaults;
  EXPECT_EQ(options["resamplings"]["default"], defaults.resamplings);
  EXPECT_EQ(options["validation_share"]["default"], defaults.validation_share);
  EXPECT_EQ(options["epochs"]["default"], defaults.epochs);
  EXPECT_EQ(options["class_weights"]["default"], defaults.balanced ? "balanced" : "none");
  EXPECT_EQ(options["max_live_instructions"]["default"], defaults.max_live_instructions);
  EXPECT_EQ(options["error_bound"]["default"], defaults.error_bound);
  EXPECT_EQ(options["aggregate"]["default"], "mean");
  const json data = config_schema()["properties"]["data"]["oneOf"];
  EXPECT_EQ(data[0]["properties"]["test_share"]["default"],
            equivolve::algorithm_discovery::TableData{}.test_share);
  EXPECT_EQ(data[1]["properties"]["tasks"]["default"],
            equivolve::algorithm_discovery::SyntheticData{}.tasks);
  EXPECT_EQ(data[1]["properties"]["dimension"]["default"],
            equivolve::algorithm_discovery::SyntheticData{}.dimension);
  EXPECT_EQ(data[1]["properties"]["train"]["default"],
            equivolve::algorithm_discovery::SyntheticData{}.train);
}

TEST(Schema, OfApply) {
  const json schema = json::parse(text_of(algorithm_discovery().apply_schema));
  std::string keys;
  for_each(schema, [&](const std::string& key, const json&) { keys += key + " "; });
  EXPECT_EQ(keys, "data predictions_for ");
}

TEST(Descriptor, SaysWhatIsOffered) {
  const eqv_descriptor& d = *algorithm_discovery().describe();
  EXPECT_STREQ(d.id, "algorithm_discovery");
  EXPECT_EQ(d.flags, std::uint64_t{EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE |
                                   EQV_OFFERS_APPLY});
  ASSERT_EQ(d.representation_count, 2u);
  EXPECT_EQ(d.representations[0], std::uint32_t{EQV_PROGRAM}) << "where none is named";
  EXPECT_EQ(d.representations[1], std::uint32_t{EQV_EXPRESSION});
}

}  // namespace
}  // namespace equivolve::test
