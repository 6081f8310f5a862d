#include "evaluators/common/settings/json_reader.hpp"

#include <gtest/gtest.h>

#include "evaluators/common/settings/table_section.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::settings {
namespace {

using nlohmann::json;

/// Where and why `read` refuses; empty when it does not.
template <class Read>
std::string refusal(const json& object, Read read) {
  try {
    JsonReader in(object, "/part");
    read(in);
  } catch (const sdk::Refused& refused) {
    return refused.json_pointer() + ": " + refused.what();
  }
  return "";
}

TEST(JsonReader, ReadsEachKindOfValue) {
  const json object = json::parse(
      R"({"text": "a", "whole": 3.0, "seed": "18446744073709551615", "number": 0.5, "flag": true,
          "choice": "b", "numbers": [2, 1], "names": ["b", "a"], "texts": ["x"], "null": null})");
  JsonReader in(object, "");
  EXPECT_EQ(in.text("text"), "a");
  EXPECT_EQ(in.whole("whole", 0, 0, 9), 3U);
  EXPECT_EQ(in.whole("seed", 0, 0, kAnySeed), kAnySeed);
  EXPECT_EQ(in.number("number", 0, 0, 1), 0.5);
  EXPECT_TRUE(in.flag("flag", false));
  EXPECT_EQ(in.choice("choice", {"a", "b"}), 1U);
  EXPECT_EQ(in.numbers("numbers", {}, 0, 9), (std::vector<double>{1, 2}));
  EXPECT_EQ(in.names("names", {"a", "b"}), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(in.texts("texts"), std::vector<std::string>{"x"});
  EXPECT_EQ(in.text("null"), std::nullopt);
  EXPECT_NO_THROW(in.finish());
}

TEST(JsonReader, KeepsWhatIsAbsent) {
  enum class Colour { red, green };
  const json object = json::object();
  JsonReader in(object, "");
  EXPECT_EQ(in.whole("whole", 7, 0, 9), 7U);
  EXPECT_EQ(in.number("number", 0.25, 0, 1), 0.25);
  EXPECT_EQ(in.choice("colour", {"red", "green"}, Colour::green), Colour::green);
  EXPECT_EQ(in.numbers("numbers", {3}, 0, 9), std::vector<double>{3});
  EXPECT_EQ(in.names("names", {"a"}), std::nullopt);
  EXPECT_NO_THROW(in.object("section").finish());
}

TEST(JsonReader, SaysWhereAndWhatItExpected) {
  const json object = json::parse(
      R"({"whole": 3.5, "number": 2, "flag": 1, "choice": "gren", "numbers": [1, 1], "names": ["a", "a"],
          "texts": ["x", 3], "section": [], "negative": -1, "digits": "12a"})");
  const std::vector<std::string> colours{"red", "green"};
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.whole("whole", 0, 0, 9); }),
            "/part/whole: must be a whole number from 0 to 9");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.whole("negative", 0, 0, 9); }),
            "/part/negative: must be a whole number from 0 to 9");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.whole("digits", 0, 0, 99); }),
            "/part/digits: must be a whole number from 0 to 99");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.number("number", 0, 0, 1); }),
            "/part/number: must be a number from 0 to 1");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.flag("flag", false); }),
            "/part/flag: must be true or false");
  EXPECT_EQ(refusal(object, [&](JsonReader& in) { in.choice("choice", colours); }),
            "/part/choice: 'gren' is not one of: red, green (did you mean 'green'?)");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.numbers("numbers", {}, 0, 9); }),
            "/part/numbers/1: stands there twice");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.names("names", {"a"}); }),
            "/part/names/1: 'a' stands there twice");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.texts("texts"); }),
            "/part/texts/1: must be text");
  EXPECT_EQ(refusal(object, [](JsonReader& in) { in.object("section"); }),
            "/part/section: must be a mapping of names to values");
}

TEST(JsonReader, LeavesNoKeyUnread) {
  const json object = json::parse(R"({"seed": 1, "sead": 2})");
  EXPECT_EQ(refusal(object,
                    [](JsonReader& in) {
                      in.whole("seed", 0, 0, 9);
                      in.finish();
                    }),
            "/part/sead: unknown key 'sead' (did you mean 'seed'?)");
}

TEST(JsonReader, RefusesWhatIsNoObject) {
  EXPECT_THROW(parse_object("[1]"), sdk::Refused);
  EXPECT_THROW(parse_object("{"), sdk::Refused);
}

TEST(TableSection, PointsIntoItsSection) {
  const json object{{"missing_target", "keep"}, {"target", json::object()}};
  const std::string columns = refusal(object, [](JsonReader& in) { read_columns(in); });
  EXPECT_EQ(columns.rfind("/part/missing_target", 0), 0U) << columns;
  const std::string column = refusal(object, [](JsonReader& in) { read_column(in, "target"); });
  EXPECT_EQ(column.rfind("/part/target", 0), 0U) << column;
  EXPECT_EQ(refusal(json{{"target", -1}},
                    [](JsonReader& in) {
                      EXPECT_EQ(read_column(in, "target"), "-1");
                      EXPECT_EQ(read_column(in, "none"), std::nullopt);
                    }),
            "");
}

}  // namespace
}  // namespace equivolve::settings
