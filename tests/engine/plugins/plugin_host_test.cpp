#include "engine/plugins/plugin_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>

#include "tests/engine/plugins/modules_support.hpp"

namespace equivolve::engine::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string load_error(const std::string& id, const std::vector<fs::path>& folders) {
  const auto module = load_plugin(id, folders);
  return module ? "" : module.error().message;
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(LoadPlugin, DescribesAGoodModule) {
  const auto module = load_plugin("toy_c", {folder("good")});
  ASSERT_TRUE(module) << module.error().message;
  const EvaluatorDescriptor& descriptor = (*module)->descriptor();
  EXPECT_EQ(descriptor.id, "toy_c");
  EXPECT_EQ(descriptor.version, "1.2");
  EXPECT_THAT(descriptor.representations, ElementsAre("program"));
  EXPECT_TRUE(descriptor.thread_safe && descriptor.deterministic && descriptor.offers_probe &&
              descriptor.offers_apply);
  EXPECT_EQ((*module)->file(), folder("good") / "toy_c.so");
  EXPECT_THAT((*module)->config_schema(), HasSubstr("\"maximum\":255"));
  EXPECT_EQ((*module)->apply_schema(), "{}") << "not offered";
}

TEST(LoadPlugin, SaysWhatIsWrongWithAModule) {
  const std::map<std::string, std::string> expected{
      {"no_entry", "does not export equivolve_evaluator_entry"},
      {"undefined", "equivolve_test_symbol_that_nobody_defines"},
      {"strange_representation", "no representation that this version knows"},
      {"other_name", "calls itself 'somebody_else', so its file must be somebody_else.so"},
      {"null_descriptor", "describe gave null"},
      {"major", "has interface version 2.0, this program has 1.2"},
      {"no_evaluate", "lacks the required function evaluate"},
      {"short_table", "lacks the required function evaluate"},
      {"not_served", "does not serve interface version 1"}};
  for (const auto& [id, text] : expected) {
    const std::string error = load_error(id, {folder("bad")});
    EXPECT_THAT(error, HasSubstr(text));
    EXPECT_THAT(error, HasSubstr(id + ".so")) << "the file is named";
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

TEST(LoadPlugin, RefusesFilesThatAreNoWholeLibraries) {
  const TemporaryFolder temporary;
  const fs::path dir = temporary.path();
  const std::string good = read(folder("good") / "toy_c.so");
  write(dir / "garbage.so",
        "#!/bin/sh\necho hello, I am a script of more than sixty-four bytes, really\n");
  write(dir / "empty.so", "");
  write(dir / "short.so", good.substr(0, 20));
  std::string foreign = good;
  foreign[18] = 8;  // e_machine: MIPS
  write(dir / "foreign.so", foreign);
  ASSERT_EQ(mkfifo((dir / "pipe.so").c_str(), 0600), 0);
  fs::create_directory(dir / "folder.so");
  EXPECT_THAT(load_error("garbage", {dir}), HasSubstr("not an ELF file"));
  EXPECT_THAT(load_error("empty", {dir}), HasSubstr("is empty"));
  EXPECT_THAT(load_error("short", {dir}), HasSubstr("too short"));
  EXPECT_THAT(load_error("foreign", {dir}), HasSubstr("another machine"));
  EXPECT_THAT(load_error("pipe", {dir}), HasSubstr("no regular file"));
  EXPECT_THAT(load_error("folder", {dir}), HasSubstr("no regular file"));
}

TEST(LoadPlugin, ATruncatedLibraryIsRefusedAtEveryLength) {
  const TemporaryFolder temporary;
  const std::string good = read(folder("good") / "toy_c.so");
  for (std::size_t size = 64; size < good.size(); size += good.size() / 40 + 1) {
    write(temporary.path() / "toy_c.so", good.substr(0, size));
    EXPECT_THAT(load_error("toy_c", {temporary.path()}), HasSubstr("is cut off")) << size;
  }
}

TEST(LoadPlugin, SuggestsTheNearestId) {
  const std::string error = load_error("toy_d", {folder("good")});
  EXPECT_THAT(error, HasSubstr("no evaluator 'toy_d' in " + folder("good").string()));
  EXPECT_THAT(error, HasSubstr("did you mean 'toy_c'?"));
}

TEST(LoadPlugin, RefusesHostileNamesAsBadInput) {
  for (const std::string id : {"../good/toy_c", "/etc/passwd", "a\nb", "", "toy_c.so/"}) {
    const auto module = load_plugin(id, {folder("good")});
    ASSERT_FALSE(module) << id;
    EXPECT_TRUE(module.error().bad_input);
    EXPECT_EQ(module.error().message.find('\n'), std::string::npos);
  }
}

TEST(LoadPlugin, TwoDifferentFilesOfOneNameAreAnError) {
  const std::string error = load_error("toy_c", {folder("good"), folder("other")});
  EXPECT_THAT(error, HasSubstr("is there twice"));
  EXPECT_THAT(error, HasSubstr((folder("other") / "toy_c.so").string()));
  // One folder under two names is no second file.
  EXPECT_EQ(load_error("toy_c", {folder("good"), folder("good") / ".." / "good"}), "");
}

TEST(LoadPlugin, LinksOutOfTheFolderAreRefused) {
  const TemporaryFolder temporary;
  fs::create_symlink(folder("good") / "toy_c.so", temporary.path() / "toy_c.so");
  EXPECT_THAT(load_error("toy_c", {temporary.path()}),
              HasSubstr("link to a file outside its folder"));
}

TEST(ListPlugins, ListsEveryFileGoodAndBad) {
  const TemporaryFolder temporary;
  fs::copy_file(folder("good") / "unruly.so", temporary.path() / "unruly.so");
  fs::copy_file(folder("bad") / "major.so", temporary.path() / "major.so");
  write(temporary.path() / "notes.txt", "no module");
  std::vector<std::string> ids, problems;
  for (const FoundPlugin& found :
       list_plugins({temporary.path(), "/nonexistent", folder("good")})) {
    ids.push_back(found.descriptor.id);
    if (!found.problem.empty()) problems.push_back(found.descriptor.id + " " + found.problem);
  }
  EXPECT_THAT(ids, AllOf(Contains("major"), Contains("raw_unruly"), Contains("toy_c"),
                         Contains("unruly").Times(2)));
  EXPECT_THAT(problems, ElementsAre(HasSubstr("major has interface version 2.0"),
                                    HasSubstr("unruly is there twice")));
}

TEST(PluginFolders, ConfiguredThenEnvironmentThenBuiltIn) {
  ASSERT_EQ(setenv("EQUIVOLVE_PLUGIN_PATH", "/first:relative::/second", 1), 0);
  const std::vector<fs::path> folders = plugin_folders({"/own", "also/relative"});
  unsetenv("EQUIVOLVE_PLUGIN_PATH");
  const fs::path program = fs::read_symlink("/proc/self/exe");
  EXPECT_THAT(folders,
              ElementsAre("/own", "/first", "/second",
                          program.parent_path().parent_path() / "lib/equivolve/evaluators"));
}

}  // namespace
}  // namespace equivolve::engine::test
