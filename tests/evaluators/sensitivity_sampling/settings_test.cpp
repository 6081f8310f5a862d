// What a person may set: the schemas say what the reader does, and what is wrong is told with its
// place.
#include "evaluators/sensitivity_sampling/settings.hpp"

#include <gtest/gtest.h>

#include "evaluators/sdk/evaluator.hpp"
#include "tests/evaluators/sensitivity_sampling/support.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
using namespace sensitivity_sampling;

Refusal refusal_of(const json& config) {
  try {
    Session session(sensitivity_sampling_module(), config);
  } catch (const Refusal& refusal) {
    return refusal;
  }
  return {};
}

json with(const char* section, const char* key, const json& value) {
  json config = small_search();
  config[section][key] = value;
  return config;
}

bool accepted(const json& config) {
  try {
    read_settings(config.dump());
    return true;
  } catch (const sdk::Refused&) {
    return false;
  }
}

TEST(SamplingSettings, SchemaAgreesWithTheReader) {
  const json schema = json::parse(text_of(sensitivity_sampling_module().config_schema));
  const auto check = [&](const char* section, const json& properties) {
    for (const auto& [key, of_key] : properties.items()) {
      EXPECT_FALSE(of_key.value("description", "").empty()) << key;
      if (of_key.contains("default") && key != "test_families" && key != "families") {
        EXPECT_TRUE(accepted(with(section, key.c_str(), of_key["default"]))) << key;
      }
      for (const char* end : {"minimum", "maximum"})
        if (of_key.contains(end)) {
          const bool low = end == std::string("minimum");
          const double beyond = of_key[end].get<double>() * (low ? 1 : 2) + (low ? -1 : 1);
          EXPECT_FALSE(accepted(with(section, key.c_str(), beyond))) << key;
        }
      EXPECT_FALSE(accepted(with(section, key.c_str(), json::object()))) << key;
    }
  };
  const json drawn = schema["properties"]["data"]["oneOf"][0]["properties"];
  check("data", drawn);
  check("options", schema["properties"]["options"]["properties"]);
  const Options defaults;
  const json options = schema["properties"]["options"]["properties"];
  EXPECT_EQ(options["powers"]["default"], json(defaults.powers));
  EXPECT_EQ(options["seeds"]["default"], defaults.seeds);
  EXPECT_EQ(options["screening"]["default"], defaults.screening);
  EXPECT_EQ(drawn["rows"]["default"], DrawnData{}.rows);
  EXPECT_EQ(drawn["columns"]["default"], DrawnData{}.columns);
  EXPECT_EQ(drawn["seed"]["default"], DrawnData{}.seed);
  EXPECT_FALSE(accepted(with("data", "colour", 1)));
  EXPECT_FALSE(accepted(with("options", "colour", 1)));
}

TEST(SamplingSettings, RefusalsNameThePlace) {
  const auto expect = [](const json& config, const std::string& pointer, const std::string& text) {
    const Refusal refusal = refusal_of(config);
    EXPECT_EQ(refusal.pointer, pointer);
    EXPECT_EQ(refusal.message, text);
  };
  expect(with("options", "powers", {0.5}), "/options/powers/0", "must be a number from 1 to 50");
  expect(with("options", "powers", {3, 1000}), "/options/powers/1",
         "must be a number from 1 to 50");
  expect(with("options", "powers", {3, 3}), "/options/powers/1", "stands there twice");
  expect(with("options", "rows_per_column", {20, 200}), "/options/rows_per_column",
         "asks for samples of 600 rows, and there are 400; expected at most 133");
  expect(with("data", "families", {"gaus"}), "/data/families/0",
         "'gaus' is not one of: gauss, t2, cheb, spike, mix, lrs (did you mean 'gauss'?)");
  expect(with("data", "test_families", {"t2"}), "/data/test_families",
         "'t2' is one that the search sees; expected others than those of 'families'");
  json narrow = with("data", "families", {"mix"});
  narrow["data"]["columns"] = 1;
  expect(narrow, "/data/columns", "is 1; family mix needs at least 2");
  json short_one = with("data", "families", {"spike"});
  short_one["data"]["rows"] = 90;
  expect(short_one, "/data/rows", "is 90; family spike needs at least 100 with 3 columns");
  json both = small_search();
  both["data"]["file"] = "x.csv";
  expect(both, "/data/families", "stands beside 'file'; give one of the two");
  json program = small_search();
  program["representation"] = "program";
  expect(program, "/representation",
         "this evaluator knows the representations 'expression' and 'configuration' only");
}

TEST(SamplingSettings, TablesThatCannotBeUsedAreRefused) {
  TemporaryFolder folder;
  const auto expect = [&](const std::string& content, const std::string& part,
                          const json& target = json()) {
    json config = {{"data", {{"file", folder.write("x.csv", content)}}},
                   {"options", {{"rows_per_column", {1}}}}};
    if (!target.is_null()) config["data"]["target"] = target;
    const Refusal refusal = refusal_of(config);
    EXPECT_EQ(refusal.status, EQV_UNSUPPORTED) << content;
    EXPECT_NE(refusal.message.find(part), std::string::npos) << refusal.message;
  };
  expect("a,b\n1,2\n3,nan\n4,5\n6,7\n", "row 2");
  expect("a,b\n1,2\n3,x\n4,y\n6,7\n", "b", "b");
  expect("a,b\n", "rows");
  expect("a,b\n5,7\n5,7\n5,7\n", "no feature varies from row to row");
  // Five features and an intercept need six rows.
  expect("a,b,c,d,e\n1,2,3,4,5\n2,5,1,7,7\n3,1,4,1,5\n", "rows");
}

TEST(SamplingSettings, DependentAndConstantColumnsAreToldAndLeftOut) {
  TemporaryFolder folder;
  std::string csv = "a,b,c,y\n";
  for (int i = 0; i < 60; ++i)
    csv += std::to_string(i * 37 % 61) + ",5," + std::to_string(2 * (i * 37 % 61)) + "," +
           std::to_string(i % 7) + "\n";
  Session session(sensitivity_sampling_module(),
                  {{"data", {{"file", folder.write("x.csv", csv)}, {"target", "y"}}},
                   {"options", {{"rows_per_column", {5}}, {"seeds", 2}, {"powers", {1.5}}}}});
  EXPECT_NE(session.log().find("column 'c' depends on those before it and is left out"),
            std::string::npos)
      << session.log();
  EXPECT_EQ(session.info().offers_test_split, 0u);
  const Trial trial = session.evaluate(std::string("lewis"));
  EXPECT_EQ(trial.status, EQV_OK) << trial.message;
  EXPECT_EQ(trial.figures[0], 0);
}

TEST(SamplingSettings, OfApply) {
  const ApplySettings plain = read_apply_settings("{}");
  EXPECT_EQ(plain.p, 2);
  EXPECT_FALSE(plain.rows);
  for (const char* bad : {R"({"p": 0.5})", R"({"rows": 0})", R"({"rows": 5, "error": 0.1})",
                          R"({"error": 2})", R"({"target": "y"})", R"({"colour": 1})",
                          R"({"threads": 0})", R"({"exact_sensitivities": 3})"})
    EXPECT_THROW(read_apply_settings(bad), sdk::Refused) << bad;
}

}  // namespace
}  // namespace equivolve::test
