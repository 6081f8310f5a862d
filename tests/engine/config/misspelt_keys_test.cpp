// C2: for every key of the tables a letter is dropped, doubled, swapped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/keys.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

TEST(MisspeltKeys, AreRefusedWithTheRightOne) {
  for (const Section& section : sections()) {
    if (section.free_form) continue;
    for (const std::string& key : key_names(section)) {
      for (const std::string& wrong : misspelt(key)) {
        const std::string text = section.name.empty() ? "evaluator: toy\n" + wrong + ": 1\n"
                                 : section.name == "evaluator"
                                     ? "evaluator: {id: toy, " + wrong + ": 1}\n"
                                     : "evaluator: toy\n" + section.name + ": {" + wrong + ": 1}\n";
        EXPECT_THAT(problems(text), HasSubstr("did you mean '" + key + "'?")) << text;
      }
    }
  }
}

TEST(MisspeltSections, AreRefusedWithTheRightOne) {
  for (const Section& section : sections()) {
    if (section.name.empty()) continue;
    const std::string head = section.name == "evaluator" ? "" : "evaluator: toy\n";
    for (const std::string& wrong : misspelt(section.name)) {
      const std::string text = head + wrong + ": {}\n";
      const auto result = read(text);
      ASSERT_FALSE(result) << text;
      ASSERT_EQ(result.error().size(), 1u) << text << text_of(result.error());
      EXPECT_EQ(result.error()[0].line, head.empty() ? 1u : 2u) << text;
      EXPECT_THAT(result.error()[0].message, HasSubstr("unknown key '" + wrong + "'"));
      EXPECT_THAT(result.error()[0].message, HasSubstr("did you mean '" + section.name + "'?"));
    }
  }
}

TEST(Tables, EveryKeyHasHelpAndWhatIsExpected) {
  for (const Section& section : sections()) {
    EXPECT_FALSE(section.help.empty()) << section.name;
    for (const Key& key : section.keys) {
      EXPECT_FALSE(key.help.empty()) << key.name;
      EXPECT_FALSE(key.expected.empty()) << key.name;
    }
  }
}

}  // namespace
}  // namespace equivolve::engine::test
