// Texts made to take for ever, or all memory. Each is refused (or read) within a second of
// processor time and 256 MiB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <ctime>
#include <fstream>

#include "engine/config/space.hpp"
#include "engine/config/yaml_tree.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

std::string repeat(const std::string& part, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += part;
  return out;
}

std::string yaml_error(const std::string& text) {
  const auto tree = parse_yaml(text);
  return tree ? "" : tree.error().message;
}

// Ten aliases a level, sixty levels: 10^60 leaves in about 4 kB.
std::string alias_bomb(std::size_t levels) {
  std::string text = "a0: &a0 x\n";
  for (std::size_t i = 1; i <= levels; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) text += "," + before;
    text += "]\n";
  }
  return text;
}

class Bombs : public ::testing::Test {
 protected:
  void SetUp() override { start_ = std::clock(); }
  void TearDown() override {
    EXPECT_LT(static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC, 20.0)
        << "ten times the promise";
#ifndef EQUIVOLVE_SANITIZED
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    EXPECT_LT(usage.ru_maxrss, 256 * 1024) << "KiB";
#endif
  }

 private:
  std::clock_t start_ = 0;
};

TEST_F(Bombs, AliasesAreCounted) {
  const std::string bomb = alias_bomb(60);
  EXPECT_LT(bomb.size(), 5'000u);
  EXPECT_THAT(yaml_error(bomb), HasSubstr("more than 100000 values"));
}

TEST_F(Bombs, TextAlongAliasesIsCounted) {
  std::string text = "a: &a " + std::string(60'000, 'x') + "\nb: [";
  text += repeat("*a,", 30'000) + "]\n";
  EXPECT_THAT(yaml_error(text), HasSubstr("bytes of text"));
}

TEST_F(Bombs, NestedAnchorsAreCounted) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "&n" + std::to_string(i) + " [";
  text += repeat("1,", 150'000) + std::string(60, ']');
  EXPECT_THAT(yaml_error(text), HasSubstr("more than 100000 values"));
}

TEST_F(Bombs, CyclesAreRefused) {
  EXPECT_THAT(yaml_error("&a [*a]"), HasSubstr("contains itself"));
  EXPECT_THAT(yaml_error("&a {b: {c: [1, *a]}}"), HasSubstr("contains itself"));
}

TEST_F(Bombs, DepthIsLimited) {
  auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(yaml_error(nested(64)), "");
  for (std::size_t depth : {65u, 499u, 500u, 5'000u})
    EXPECT_THAT(yaml_error(nested(depth)), HasSubstr("nested deeper")) << depth;
  std::string indented;
  for (std::size_t i = 0; i < 200; ++i) indented += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(yaml_error(indented), HasSubstr("nested deeper"));
  // Aliases add up: 40 levels inside 40 levels.
  EXPECT_THAT(yaml_error("a: &a " + nested(40) + "\nb: " + std::string(40, '[') + "*a" +
                         std::string(40, ']')),
              HasSubstr("nested deeper"));
}

TEST_F(Bombs, AMebibyteOfAnything) {
  for (const char* part :
       {"[",   "{",        "]",     "? ",    "- ",    "a: ",       "&a ",     "*a ",   "\"",
        "'",   "[a,",      "{a: ",  "!",     "| \n",  "# \n",      "a\n",     "a: \n", "- a\n",
        "[],", "%x\n",     "\t",    "---\n", "...\n", "? a\n",     "&a [*a,", "\\",    ": ",
        ", ",  "\xc3\xa9", "!<a> ", "\n",    "\r",    "a: &b c\n", "{a: b},"}) {
    const auto tree = parse_yaml(repeat(part, (1 << 20) - 8));
    if (!tree) {
      EXPECT_FALSE(tree.error().message.empty()) << part;
    }
  }
}

TEST_F(Bombs, SizesAreLimited) {
  EXPECT_THAT(yaml_error(std::string((1 << 20) + 1, ' ')), HasSubstr("expected at most 1048576"));
  EXPECT_EQ(yaml_error("a: " + std::string(64 << 10, 'x')), "");
  EXPECT_THAT(yaml_error("a: " + std::string((64 << 10) + 1, 'x')),
              HasSubstr("expected at most 65536"));
  EXPECT_EQ(yaml_error("[" + repeat("1,", 199'000) + "]"), "");
  EXPECT_THAT(yaml_error("[" + repeat("1,", 200'002) + "]"), HasSubstr("more than 100000 values"));
}

TEST_F(Bombs, OnlyRegularFilesAreOpened) {
  std::string name = "/tmp/equivolve-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const std::filesystem::path folder = name;
  ASSERT_EQ(mkfifo((folder / "pipe.yaml").c_str(), 0600), 0);
  std::ofstream(folder / "large.yaml").close();
  std::filesystem::resize_file(folder / "large.yaml", std::uintmax_t{1} << 30);
  auto error = [](const std::filesystem::path& file) {
    const auto result = read_configuration_file(file);
    return result ? "" : text_of(result.error());
  };
  EXPECT_THAT(error(folder / "pipe.yaml"), HasSubstr("no regular file"));
  EXPECT_THAT(error("/dev/zero"), HasSubstr("no regular file"));
  EXPECT_THAT(error(folder), HasSubstr("no regular file"));
  EXPECT_THAT(error(folder / "absent.yaml"), HasSubstr("no such file"));
  EXPECT_THAT(error(folder / "large.yaml"),
              HasSubstr("1073741824 bytes; expected at most 1048576"));
  std::filesystem::remove_all(folder);
}

std::string keys(std::size_t count, const std::string& value) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) text += "k" + std::to_string(i) + ": " + value + ", ";
  return text + "}";
}

// Good YAML, every value of it wrong: what is said is bounded, and so is the time it takes.
TEST_F(Bombs, ManyProblemsAreNotAllTold) {
  for (const std::string& text :
       {keys(49'000, "1"), "evaluator: toy\nbudget: " + keys(40'000, "x"),
        "evaluator: toy\nspace: {operations: [" + repeat("none,", 450'000) + "]}"}) {
    const auto result = read(text);
    const std::string said = result ? text_of(check_space_alone(*result)) : text_of(result.error());
    EXPECT_THAT(said, HasSubstr("100 problems or more; only the first are shown"));
    EXPECT_LE(std::count(said.begin(), said.end(), '\n'), 301);
  }
}

// Cheap fuzzing: every cut and a thousand single-byte changes of a good file end in a verdict.
TEST_F(Bombs, DamagedFilesEndInAVerdict) {
  const std::string good =
      "name: a\nseed: 7\nevaluator: {id: toy, deadline: 10m}\ndata: &d {file: x.csv, list: [1, "
      "2.5, ~]}\noptions: {o: *d}\n"
      "budget:\n  candidates: 5\n  target: {acc: 0.5}\nworkers: 2\n";
  ASSERT_EQ(problems(good), "");
  std::size_t refused = 0;
  auto judge = [&](const std::string& text) {
    const auto result = read(text);
    if (result) return;
    ++refused;
    for (const ConfigProblem& problem : result.error()) EXPECT_FALSE(problem.message.empty());
  };
  for (std::size_t size = 0; size < good.size(); ++size) judge(good.substr(0, size));
  const std::string bytes = "\"'[]{}:,&*#?|>-%@`!\\\n\t 0\x80\xff";
  for (std::size_t at = 0; at < good.size(); ++at)
    for (char byte : bytes) {
      std::string changed = good;
      changed[at] = byte;
      judge(changed);
    }
  EXPECT_GT(refused, 1'000u);
}

}  // namespace
}  // namespace equivolve::engine::test
