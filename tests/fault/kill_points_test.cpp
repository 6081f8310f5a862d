// S2: killed once at every named point of a run; resumed, it ends as if nothing had happened.
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "engine/store/fault_point.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class KillPoint : public testing::TestWithParam<std::string> {};

TEST_P(KillPoint, ResumesToTheSameEnd) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  TempFolder folder;
  const auto yaml = folder.path() / "small.yaml";
  write_file(yaml, small_yaml(300));
  const auto undisturbed =
      answer(equivolve({"run", yaml, "--store", folder.path() / "plain.db", "--json", "--quiet"}));
  for (const char* pass : {":1", ":3"}) {
    const std::string store = folder.path() / ("killed" + std::string(pass).substr(1) + ".db");
    const std::vector<std::string> run = {"run",    yaml,      "--store",  store,
                                          "--json", "--quiet", "--events", "2"};
    const Finished killed = equivolve(run, {{"EQUIVOLVE_FAULT", GetParam() + pass}});
    if (killed.exit_code == 0 && std::string(pass) != ":1") continue;  // passed fewer times
    if (killed.signal != SIGKILL) {
      // A short run does not take the path of these points; the store's own tests kill there.
      static constexpr const char* kElsewhere[] = {
          "store.checkpoint.",    "store.migrate.", "store.begin_group.", "store.resume.",
          "store.configuration.", "store.wish.",    "store.delete_",      "store.salvage."};
      const bool elsewhere = std::ranges::any_of(
          kElsewhere, [](const char* beginning) { return GetParam().starts_with(beginning); });
      ASSERT_TRUE(elsewhere) << "never reached";
      ASSERT_EQ(killed.exit_code, 0) << killed.err;
      continue;
    }
    // Before the run's row is committed there is nothing to resume: then it is simply run again.
    Finished again = equivolve({"resume", "latest", "--store", store, "--json", "--quiet"});
    if (again.exit_code != 0 && killed.out.empty()) again = equivolve(run);
    ASSERT_EQ(again.exit_code, 0) << again.err;
    const auto end = answer(again);
    ASSERT_EQ(end["result_digest"], undisturbed["result_digest"]) << pass;
    ASSERT_EQ(end["best"], undisturbed["best"]);
    ASSERT_EQ(end["evaluations"], undisturbed["evaluations"]);
    const Finished verified = equivolve({"store", "verify", "--store", store});
    ASSERT_EQ(verified.exit_code, 0) << verified.out;
  }
}

// A file for the user is the old one or the new one, never a part of it.
TEST(KillPointOfAFile, LeavesNoHalfFile) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  TempFolder folder;
  const auto yaml = folder.path() / "small.yaml";
  write_file(yaml, small_yaml(300));
  const std::string store = folder.path() / "runs.db", file = folder.path() / "candidates.csv";
  ASSERT_EQ(equivolve({"run", yaml, "--store", store, "--quiet"}).exit_code, 0);
  const std::vector<std::string> command = {"export", "1", "--store", store, "--out", file};
  ASSERT_EQ(equivolve(command).exit_code, 0);
  const std::string whole = file_text(file);
  const std::string old = whole + "and more";
  const std::map<std::string, std::string> left = {{"output.before_rename", old},
                                                   {"output.after_rename", whole}};
  for (const auto& [point, expected] : left) {
    write_file(file, old);
    ASSERT_EQ(equivolve(command, {{"EQUIVOLVE_FAULT", point + ":1"}}).signal, SIGKILL) << point;
    EXPECT_EQ(file_text(file), expected) << point;
  }
}

// Points of files for the user have the test above.
std::vector<std::string> points_of_a_run() {
  std::vector<std::string> points;
  for (const std::string& name : engine::all_fault_points())
    if (!name.starts_with("output.")) points.push_back(name);
  return points;
}

INSTANTIATE_TEST_SUITE_P(Every, KillPoint, testing::ValuesIn(points_of_a_run()),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name)
                             if (c == '.') c = '_';
                           return name;
                         });

}  // namespace
}  // namespace equivolve::tests
