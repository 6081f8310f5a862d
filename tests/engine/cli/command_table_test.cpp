// What is made from the command table: the page docs/commands.md, man pages, completion.
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "engine/cli/command_table.hpp"
#include "engine/cli/man_pages.hpp"
#include "engine/cli/reference_page.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::cli {
namespace {

TEST(CommandTable, EveryCommandSaysWhatItIsFor) {
  const auto table = make_command_table();
  std::set<std::string> names;
  for (const CommandSpec& command : table->commands) {
    SCOPED_TRACE(command.name);
    EXPECT_TRUE(names.insert(command.name).second) << "twice";
    EXPECT_FALSE(command.summary.empty());
    EXPECT_NE(command.summary.back(), '.');
    EXPECT_TRUE(command.action);
    if (command.part == Part::kHidden) continue;
    EXPECT_FALSE(command.examples.empty());
    for (const Example& example : command.examples)
      EXPECT_TRUE(example.line.starts_with("equivolve " + command.name)) << example.line;
  }
}

TEST(CommandTable, EveryOptionIsExplainedOnce) {
  const auto table = make_command_table();
  for (const CommandSpec& command : table->commands) {
    std::set<std::string> names;
    for (const OptionSpec& option : command.options) {
      SCOPED_TRACE(command.name + " " + option.name);
      EXPECT_TRUE(names.insert(option.name).second) << "twice";
      EXPECT_FALSE(option.help.empty());
      EXPECT_NE(option.help.back(), '.');
      EXPECT_EQ(option.value.empty(), option.is_flag() || option.is_argument());
      std::visit([](const auto* field) { EXPECT_NE(field, nullptr); }, option.into);
    }
  }
}

TEST(CommandTable, TheCommandsPageHoldsTheReference) {
  std::ifstream in(EQUIVOLVE_SOURCE_DIR "/docs/commands.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(page.ends_with("\n" + reference_page(*make_command_table())))
      << "run: equivolve documentation reference docs/commands.md";
}

TEST(CommandTable, EveryCommandHasAManPageWithAllItsOptions) {
  const auto table = make_command_table();
  const std::vector<ManPage> pages = man_pages(*table, "0.0.0");
  ASSERT_EQ(pages.size(), shown_commands(*table).size() + 1);
  EXPECT_EQ(pages.front().file, "equivolve.1");
  for (std::size_t i = 1; i < pages.size(); ++i) {
    const CommandSpec& command = *shown_commands(*table)[i - 1];
    std::string flat;
    for (char c : pages[i].text)
      if (c != '\\') flat += c;
    for (const OptionSpec& option : command.options)
      EXPECT_NE(flat.find(long_name(option)), std::string::npos)
          << pages[i].file << " " << option.name;
    EXPECT_NE(flat.find(command.examples.front().line), std::string::npos) << pages[i].file;
    EXPECT_NE(pages.front().text.find(command.summary.substr(0, command.summary.find('-'))),
              std::string::npos);
  }
}

bool has_program(const std::string& name) {
  return tests::run_process({"/bin/sh", "-c", "command -v " + name}).exit_code == 0;
}

TEST(CommandTable, ManPagesAreWellFormed) {
  const bool groff = has_program("groff"), mandoc = has_program("mandoc");
  if (!groff && !mandoc) GTEST_SKIP() << "neither groff nor mandoc is installed";
  tests::TempFolder folder;
  for (const ManPage& page : man_pages(*make_command_table(), "0.0.0")) {
    const std::string file = folder.path() / page.file;
    std::ofstream(file) << page.text;
    if (groff) {
      const auto done = tests::run_process(
          {"/bin/sh", "-c", "groff -man -ww -Tutf8 '" + file + "' 2>&1 >/dev/null"});
      EXPECT_EQ(done.exit_code, 0);
      EXPECT_EQ(done.out, "") << page.file;
    }
    if (mandoc) {
      const auto done = tests::run_process(
          {"/bin/sh", "-c", "mandoc -T lint -W warning '" + file + "' | grep -v 'missing date'"});
      EXPECT_EQ(done.out, "") << page.file;
    }
  }
}

}  // namespace
}  // namespace equivolve::cli
