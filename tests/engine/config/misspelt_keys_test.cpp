// C2: for every key of the tables a letter is dropped, doubled, swapped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/keys.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

std::vector<std::string> misspelt(const std::string& key) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string dropped = key, doubled = key, swapped = key;
    dropped.erase(i, 1);
    doubled.insert(i, 1, key[i]);
    if (i + 1 < key.size()) std::swap(swapped[i], swapped[i + 1]);
    for (const std::string& one : {dropped, doubled, swapped})
      if (one != key) out.push_back(one);
  }
  return out;
}

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

// C4: every key, every kind of bad value that cannot suit it.
TEST(BadValues, AreRefusedForEveryKey) {
  for (const Section& section : sections()) {
    for (const Key& key : section.keys) {
      std::vector<std::string> bad{"", "~", "[{}]"};
      if (key.kind == KeyKind::kInteger)
        bad.insert(bad.end(), {"x", "-1", "010", "1e3", "1.5", "nan", "18446744073709551616",
                               "\"1\"", "true", "{a: 1}"});
      if (key.kind == KeyKind::kNumber)
        bad.insert(bad.end(), {"x", "-1", "010", "nan", "inf", "1e999", "\"1\"", "{a: 1}"});
      if (key.kind == KeyKind::kBoolean) bad.insert(bad.end(), {"1", "yes", "\"true\""});
      if (key.kind == KeyKind::kDuration)
        bad.insert(bad.end(), {"1", "-1s", "1 year", "nan s", "010s", "99999d"});
      if (key.kind == KeyKind::kChoice) bad.insert(bad.end(), {"1", "x"});
      for (const std::string& value : bad) {
        const std::string line = key.name + ": " + value + "\n";
        std::string text = section.name.empty() ? line : section.name + ":\n  " + line;
        if (section.name != "evaluator") text += "evaluator: toy\n";
        const std::string name = section.name.empty() ? key.name : section.name + "." + key.name;
        EXPECT_THAT(problems(text), AnyOf(HasSubstr(name + " is "), HasSubstr(name + " has ")))
            << text;
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
