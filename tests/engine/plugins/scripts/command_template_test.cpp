#include "engine/plugins/scripts/command_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/processes/shell_text.hpp"
#include "engine/processes/supervised_run.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::optional<std::string> value_of(const std::string& name) {
  static const std::map<std::string, std::string> values{{"lr", "0.1"}, {"kind", "a b"}};
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

TEST(CommandTemplate, NamesStandInBraces) {
  EXPECT_THAT(*placeholders_of("--lr={lr}:{kind}"), ElementsAre("lr", "kind"));
  EXPECT_THAT(*placeholders_of("{{lr}} {{}}"), IsEmpty());
  EXPECT_THAT(*placeholders_of("{{{lr}}}"), ElementsAre("lr"));
  EXPECT_THAT(placeholders_of("a {lr").error(), HasSubstr("'{' without a '}'"));
  EXPECT_THAT(placeholders_of("a lr}").error(), HasSubstr("'}' without a '{'"));
}

TEST(CommandTemplate, IsFilledInAndLeftOutByGroups) {
  EXPECT_THAT(filled_command({{"run"}, {"--lr={lr}"}, {"{{{kind}}}"}}, value_of),
              ElementsAre("run", "--lr=0.1", "{a b}"));
  EXPECT_THAT(filled_command({{"run"}, {"--m", "{m}", "x"}, {"{m}"}, {"end"}}, value_of),
              ElementsAre("run", "end"));
}

// A shell makes of the line what the line was made of.
TEST(CommandTemplate, ShellLinesReadBack) {
  const std::vector<std::string> words{"a b", "", "it's", "$HOME", "a\"b", "plain-1.5=x", "*", "é"};
  std::vector<std::string> command{"printf", "<%s>\\n"};
  command.insert(command.end(), words.begin(), words.end());
  std::vector<std::string> lines;
  Supervision supervision;
  supervision.on_line = [&lines](std::string_view line) {
    lines.emplace_back(line);
    return true;
  };
  const std::atomic<bool> stop{false};
  ChildSettings shell;
  shell.command = {"sh", "-c", shell_line(command)};
  ASSERT_TRUE(run_supervised(shell, supervision, stop));
  ASSERT_EQ(lines.size(), words.size());
  for (std::size_t i = 0; i < words.size(); ++i) EXPECT_EQ(lines[i], "<" + words[i] + ">");
}

}  // namespace
}  // namespace equivolve::engine::test
