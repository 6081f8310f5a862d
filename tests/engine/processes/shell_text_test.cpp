#include "engine/processes/shell_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/processes/slots.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ShellText, WordsAreThoseOfAShell) {
  EXPECT_THAT(*words_of("srun -n1  --exact\t--mem=0\n"),
              ElementsAre("srun", "-n1", "--exact", "--mem=0"));
  EXPECT_THAT(*words_of(R"(sh -c 'a "b" $c' "it's \"so\"" a\ b '')"),
              ElementsAre("sh", "-c", "a \"b\" $c", "it's \"so\"", "a b", ""));
  EXPECT_THAT(*words_of("--lr={lr} 'x'y"), ElementsAre("--lr={lr}", "xy"));
  EXPECT_THAT(*words_of("  \n "), IsEmpty());
}

TEST(ShellText, AQuoteIsClosed) {
  EXPECT_THAT(words_of("a 'b").error(), HasSubstr("has a ' that is not closed"));
  EXPECT_THAT(words_of("\"").error(), HasSubstr("has a \" that is not closed"));
}

TEST(ShellText, WhatIsTypedIsReadBack) {
  const std::vector<std::string> words{"python3", "",        "a b",  "it's", "\"q\"",
                                       "$HOME",   "--x=y,z", "*.py", "a\\b", "tab\there"};
  EXPECT_EQ(*words_of(shell_line(words)), words);
  EXPECT_EQ(shell_word("plain_1./-+=:,@%"), "plain_1./-+=:,@%");
  EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
}

TEST(Slots, GivesTheLowestThatIsFree) {
  Slots slots;
  EXPECT_EQ(slots.take(), 0u);
  EXPECT_EQ(slots.take(), 1u);
  EXPECT_EQ(slots.take(), 2u);
  slots.give_back(1);
  EXPECT_EQ(slots.take(), 1u);
  EXPECT_EQ(slots.take(), 3u);
}

TEST(Slots, StandInTexts) {
  EXPECT_EQ(with_slot("gpu{slot}-{slot}", 12), "gpu12-12");
  EXPECT_EQ(with_slot("{slot", 1), "{slot");
}

}  // namespace
}  // namespace equivolve::engine::test
