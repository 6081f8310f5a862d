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
