#include "evaluators/common/tables/table_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace equivolve::tables {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

std::string fault(const json& data) {
  const auto settings = read_table_keys(data);
  return settings ? "accepted" : settings.error().pointer + " " + settings.error().text;
}

TEST(TableKeys, MeanWhatTheySay) {
  const TableSettings none = *read_table_keys(json::object());
  EXPECT_FALSE(none.format.header || none.format.separator || none.features || none.drop);
  EXPECT_EQ(none.missing, OnMissing::kRefuse);
  const TableSettings all = *read_table_keys({{"header", false},
                                              {"separator", "tab"},
                                              {"decimal", ","},
                                              {"missing_values", {"-", -999}},
                                              {"drop", {"id", 3, -1}},
                                              {"categorical", {"zip"}},
                                              {"max_levels", 7},
                                              {"missing", "impute"},
                                              {"missing_categories", "most_frequent"},
                                              {"missing_target", "drop"},
                                              {"other", 1}});
  EXPECT_EQ(all.format.header, false);
  EXPECT_EQ(all.format.separator, '\t');
  EXPECT_EQ(all.format.decimal, ',');
  EXPECT_THAT(all.format.missing_values, ElementsAre("-", "-999"));
  EXPECT_THAT(*all.drop, ElementsAre("id", "3", "-1"));
  EXPECT_EQ(all.categorical, Categorical::kNamed);
  EXPECT_THAT(all.categories, ElementsAre("zip"));
  EXPECT_EQ(all.max_levels, 7u);
  EXPECT_EQ(all.missing, OnMissing::kImpute);
  EXPECT_EQ(all.category_fill, CategoryFill::kMostFrequent);
  EXPECT_TRUE(all.drop_missing_target);
  EXPECT_EQ(read_table_keys({{"separator", "space"}})->format.separator, ' ');
  EXPECT_TRUE(read_table_keys({{"missing", "drop"}})->drop_missing_target);
  EXPECT_EQ(read_table_keys({{"header", "auto"}})->format.header, std::nullopt);
}

TEST(TableKeys, AreRefusedWithAPlace) {
  EXPECT_EQ(fault({{"header", "yes"}}), "/header 'yes' is not one of: auto, true, false");
  EXPECT_EQ(fault({{"separator", "tabb"}}),
            "/separator 'tabb' is not one of: auto, ,, ;, tab, |, space (did you mean 'tab'?)");
  EXPECT_EQ(fault({{"separator", 3}}), "/separator '3' is not one of: auto, ,, ;, tab, |, space");
  EXPECT_EQ(fault({{"separator", ","}, {"decimal", ","}}),
            "/decimal a comma cannot be the separator of cells and of decimals at once");
  EXPECT_EQ(fault({{"missing_values", "NA"}}),
            "/missing_values must be a list of texts or numbers");
  EXPECT_EQ(fault({{"missing_values", {"NA", true}}}),
            "/missing_values/1 must be a text or a number");
  EXPECT_EQ(fault({{"features", json::array()}}), "/features names no column");
  EXPECT_EQ(fault({{"features", "a"}}), "/features must be a list of column names");
  EXPECT_EQ(fault({{"drop", {"a", ""}}}), "/drop/1 must be a column's name, or its number from 1");
  EXPECT_EQ(fault({{"features", {"a"}}, {"drop", {"b"}}}),
            "/drop stands beside 'features'; give one of the two");
  EXPECT_EQ(fault({{"categorical", "atuo"}}),
            "/categorical 'atuo' is not one of: auto, none (did you mean 'auto'?)");
  EXPECT_EQ(fault({{"categorical", true}}),
            "/categorical must be auto, none, or a list of column names");
  EXPECT_EQ(fault({{"max_levels", 1}}), "/max_levels must be a whole number from 2 to 1000");
  EXPECT_EQ(fault({{"missing", "imput"}}),
            "/missing 'imput' is not one of: refuse, drop, impute (did you mean 'impute'?)");
  EXPECT_EQ(fault({{"missing_target", "impute"}}),
            "/missing_target 'impute' is not one of: refuse, drop");
}

// What the rules refuse before the file is opened is what the reader refuses.
TEST(TableKeys, RulesNameKeysThatTheReaderRefusesTogether) {
  const json rules = json::parse("{" + std::string(table_rules()) + "}")["allOf"];
  EXPECT_EQ(rules.size(), 2u);
  for (const json& rule : rules) {
    json together = json::object();
    for (const std::string key : rule["not"]["required"]) {
      const bool by_value = rule["not"].contains("properties");
      together[key] = by_value ? rule["not"]["properties"][key]["const"] : json::array({"a"});
      EXPECT_EQ(fault({{key, together[key]}}), "accepted") << key;
    }
    EXPECT_NE(fault(together), "accepted") << together;
  }
}

TEST(TableKeys, AreThoseOfTheSchema) {
  const json schema = json::parse("{" + std::string(table_schema()) + "}");
  std::set<std::string> in_schema;
  for (const auto& [key, value] : schema.items()) {
    in_schema.insert(key);
    EXPECT_FALSE(value.value("description", "").empty()) << key;
    if (value.contains("default")) {
      EXPECT_EQ(fault({{key, value["default"]}}), "accepted") << key;
    }
  }
  EXPECT_EQ(in_schema, std::set<std::string>(table_keys().begin(), table_keys().end()));
  json without = json::parse("{" + table_schema(false) + "}"), all = schema;
  all.erase("missing_target");
  EXPECT_EQ(without, all);
  // The defaults that the schema names are those that are taken.
  json defaults = json::object();
  for (const auto& [key, value] : schema.items())
    if (value.contains("default")) defaults[key] = value["default"];
  const TableSettings named = *read_table_keys(defaults), taken = *read_table_keys(json::object());
  EXPECT_EQ(named.format.missing_values, taken.format.missing_values);
  EXPECT_EQ(named.max_levels, taken.max_levels);
  EXPECT_EQ(named.missing, taken.missing);
  EXPECT_EQ(named.categorical, taken.categorical);
  EXPECT_EQ(named.category_fill, taken.category_fill);
}

}  // namespace
}  // namespace equivolve::tables
