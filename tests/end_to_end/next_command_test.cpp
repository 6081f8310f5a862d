// Every command ends with the next one to type, and that one works when it is typed.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <set>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

using Words = std::vector<std::string>;

/// The words after "### `equivolve " up to the first that is an argument or option.
std::set<std::string> documented_commands() {
  std::ifstream page(std::string(EQUIVOLVE_SOURCE_DIR) + "/docs/commands.md");
  std::set<std::string> names;
  const std::string beginning = "### `equivolve ";
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with(beginning)) continue;
    const std::string rest = line.substr(beginning.size());
    std::string name;
    for (const char c : rest) {
      if (c == '`' || c == '[' || c == '-' || (c >= 'A' && c <= 'Z')) break;
      name += c;
    }
    while (name.ends_with(' ')) name.pop_back();
    names.insert(name);
  }
  return names;
}

class NextCommand : public testing::Test {
 protected:
  TempFolder folder_;
  Environment store_ = {{"EQUIVOLVE_STORE", folder_.path() / "runs.db"}};

  void SetUp() override {
    write_file(folder_.path() / "small.yaml", small_yaml(60));
    write_file(folder_.path() / "sweep.yaml", small_yaml(60) + "vary: {seed: [1, 2]}\n");
    for (const char* file : {"small.yaml", "sweep.yaml"})
      ASSERT_EQ(equivolve({"run", file, "--quiet"}, store_, folder_.path()).exit_code, 0);
  }
  Finished call(const Words& words) { return equivolve(words, store_, folder_.path()); }
  /// As a person would, who has the program on the path.
  Finished type(const std::string& line) {
    const std::filesystem::path program = equivolve_command({}).front();
    return run_process(
        {"/bin/sh", "-c", "PATH='" + program.parent_path().string() + "':$PATH; " + line}, store_,
        folder_.path());
  }
};

TEST_F(NextCommand, IsNamedByEachCommandAndWorks) {
  const std::vector<std::pair<std::string, Words>> calls = {
      {"init", {"init", "algorithm_discovery", "--out", "first.yaml"}},
      {"validate", {"validate", "small.yaml"}},
      {"validate", {"validate", "sweep.yaml"}},
      {"hash", {"hash", "small.yaml"}},
      {"run", {"run", "small.yaml"}},
      {"run", {"run", "sweep.yaml"}},
      {"resume", {"resume", "1"}},
      {"resume", {"resume", "g1"}},
      {"reproduce", {"reproduce", "1"}},
      {"reproduce", {"reproduce", "1", "--check"}},
      {"list", {"list"}},
      {"show", {"show", "1"}},
      {"show", {"show", "g1"}},
      {"compare", {"compare", "2", "3"}},
      {"compare", {"compare", "g1"}},
      {"report", {"report", "1", "--html", "one.html"}},
      {"report", {"report", "g1", "--html", "all.html"}},
      {"apply", {"apply", "small.yaml", "--candidate", "ridge", "--out", "result"}},
      {"export", {"export", "1", "--out", "one.csv"}},
      {"delete", {"delete", "2", "--yes"}},
      {"store verify", {"store", "verify"}},
      {"store salvage", {"store", "salvage", folder_.path() / "runs.db", "--out", "saved.db"}},
      {"store compact", {"store", "compact"}},
      {"store migrate", {"store", "migrate"}},
      {"evaluators list", {"evaluators", "list"}},
      {"evaluators describe", {"evaluators", "describe", "algorithm_discovery"}},
      {"study hashing", {"study", "hashing", "--only", "graphs"}},
      {"info", {"info"}}};
  // `schema` prints to stdout what is to be kept; runs in flight are asked in wishes_test.cpp,
  // programs in programs_test.cpp.
  std::set<std::string> seen = {"schema", "stop", "pause", "evaluators check"};
  for (const auto& [name, words] : calls) {
    SCOPED_TRACE(testing::PrintToString(words));
    seen.insert(name);
    const Finished done = call(words);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    const std::string last = done.last_line(), beginning = "next: ";
    ASSERT_TRUE(last.starts_with(beginning)) << done.out;
    std::string next = last.substr(beginning.size());
    if (!next.starts_with("equivolve ")) continue;  // python3 result/model.py YOUR.csv
    // A beginner's budget is a large one.
    if (next.find("run first.yaml") != std::string::npos) next += " --set budget.candidates=60";
    const Finished typed = type(next);
    EXPECT_EQ(typed.exit_code, 0) << next << '\n' << typed.err;
  }
  EXPECT_EQ(seen, documented_commands());
}

TEST_F(NextCommand, OfAGroupWithFailedRunsIsHowToGoOn) {
  write_file(
      folder_.path() / "failing.yaml",
      "evaluator: unruly\noptions: {do: throw_in_evaluate}\nspace: {operations: [scalar_sum]}\n"
      "budget: {candidates: 20}\nvary: {seed: [1, 2]}\n"
      "plugins: {folders: [" EQUIVOLVE_TEST_MODULES "/good]}\n");
  const Finished done = call({"run", "failing.yaml", "--json"});
  EXPECT_EQ(done.exit_code, 4) << done.err;
  EXPECT_NE(done.err.find("to go on: equivolve resume g2"), std::string::npos) << done.err;
  EXPECT_EQ(answer(done)["planned"], 2);
  EXPECT_EQ(answer(done)["runs"].size(), 0u);
  const Finished text = call({"run", "failing.yaml"});
  EXPECT_NE(text.out.find("group g3 \"failing\": 0 of 2 runs finished"), std::string::npos);
  EXPECT_EQ(text.out.find("compare"), std::string::npos) << text.out;
}

TEST_F(NextCommand, OfADamagedFileIsSalvage) {
  const std::string file = folder_.path() / "runs.db";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 4096 / 2 * 4096);
  const Finished done = call({"store", "verify", "--quiet"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("equivolve store salvage"), std::string::npos) << done.err;
}

class StoppedReproduction : public NextCommand {
 protected:
  std::string file_ = folder_.path() / "runs.db";

  /// A run of seconds, and its reproduction while that goes on.
  std::unique_ptr<Child> begin() {
    write_file(folder_.path() / "long.yaml",
               "evaluator: algorithm_discovery\n"
               "data: {synthetic: linear, tasks: 8, train: 100000, validation: 1000}\n"
               "budget: {candidates: 2000}\nsearch: {population_size: 50}\n"
               "hashing: {policy: off}\nfinal: {top: 1, repeats: 1}\n");
    EXPECT_EQ(call({"run", "long.yaml", "--quiet"}).exit_code, 0);
    auto child = std::make_unique<Child>(
        equivolve_command({"reproduce", "latest", "--quiet", "--store", file_}));
    for (int tries = 0; runs() < 5 && tries < 10'000; ++tries) {
    }
    return child;
  }
  std::size_t runs() { return answer(call({"list", "--json"})).size(); }
  void expect_the_way_on(const Finished& done) {
    EXPECT_NE(done.err.find("so far they are equal"), std::string::npos) << done.err;
    EXPECT_NE(done.err.find("to go on: equivolve resume 5"), std::string::npos) << done.err;
  }
};

TEST_F(StoppedReproduction, ByASignal) {
  const auto child = begin();
  child->signal(SIGTERM);
  const Finished done = child->wait();
  ASSERT_EQ(done.exit_code, 143) << done.err;
  expect_the_way_on(done);
}

TEST_F(StoppedReproduction, ByAWishIsNoDefect) {
  const auto child = begin();
  EXPECT_EQ(call({"stop", "5"}).exit_code, 0);
  const Finished done = child->wait();
  ASSERT_EQ(done.exit_code, 0) << done.out << done.err;
  expect_the_way_on(done);
}

}  // namespace
}  // namespace equivolve::tests
