// kill -9 at each fault point of the store: what was acknowledged is there, and the run can be
// carried to its end (reliability.md, S1 and S2).
#include <signal.h>

#include <algorithm>
#include <set>

#include "engine/store/fault_point.hpp"
#include "tests/engine/store/child.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

constexpr std::uint64_t kTickets = 60;

std::vector<std::string> store_points() {
  // migrate_test.cpp, groups_test.cpp, kill_test.cpp.
  static constexpr const char* kElsewhere[] = {"store.migrate.",       "store.begin_group.",
                                               "store.configuration.", "store.wish.",
                                               "store.delete_",        "store.salvage."};
  std::vector<std::string> points;
  for (const std::string& name : all_fault_points()) {
    const bool elsewhere = std::ranges::any_of(
        kElsewhere, [&](const char* beginning) { return name.starts_with(beginning); });
    if (name.starts_with("store.") && !elsewhere) points.push_back(name);
  }
  return points;
}

class Crash : public StoreTest, public ::testing::WithParamInterface<std::string> {
 protected:
  // Runs the helper to its end or death; keeps what it acknowledged.
  int run_helper(const std::vector<std::string>& environment) {
    HelperProcess child(
        {EQUIVOLVE_STORE_HELPER, "write", file.string(), std::to_string(kTickets), "10"},
        environment);
    for (const std::string& line : child.read_lines()) {
      if (line.starts_with("ack "))
        acknowledged_.insert(std::stoull(line.substr(4)));
      else if (line != "done")
        ADD_FAILURE() << line;
    }
    return child.wait();
  }

  void expect_acknowledged_rows() {
    if (!std::filesystem::exists(file)) {
      EXPECT_TRUE(acknowledged_.empty());
      return;
    }
    EXPECT_EQ(problems(), std::vector<std::string>{});
    auto reader = open_reader();
    if (!reader->find_run("1")) {
      EXPECT_TRUE(acknowledged_.empty());
      return;
    }
    const auto data = reader->replay(1);
    ASSERT_TRUE(data) << data.error().message;
    for (const std::uint64_t ticket : acknowledged_) {
      ASSERT_LT(ticket, data->outcomes.size());
      EXPECT_TRUE(same(data->outcomes[ticket], outcome_of(ticket)));
    }
  }

  std::set<std::uint64_t> acknowledged_;
};

TEST_P(Crash, LosesNothingAcknowledgedAndGoesOn) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  int deaths = 0;
  if (GetParam().starts_with("store.resume.")) {
    ASSERT_EQ(run_helper({}), 0);  // so that there is a run to resume
  }
  for (const int pass : {1, 2, 5}) {
    SCOPED_TRACE(pass);
    const int status = run_helper({"EQUIVOLVE_FAULT=" + GetParam() + ":" + std::to_string(pass)});
    if (status == -SIGKILL)
      ++deaths;
    else
      EXPECT_EQ(status, 0);
    expect_acknowledged_rows();
  }
  EXPECT_GE(deaths, 1) << "the point was never passed";
  EXPECT_EQ(run_helper({}), 0);
  expect_acknowledged_rows();
  EXPECT_EQ(query(file, "SELECT told FROM progress WHERE status = 3"),
            std::vector<std::string>{std::to_string(kTickets)});
  EXPECT_EQ(query(file, "SELECT count(*) FROM outcomes"),
            std::vector<std::string>{std::to_string(kTickets)});
}

INSTANTIATE_TEST_SUITE_P(EachPoint, Crash, ::testing::ValuesIn(store_points()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

class KillAnywhere : public Crash {};

TEST_P(KillAnywhere, AfterTheNthAcknowledgement) {
  const auto count = static_cast<std::size_t>(std::stoul(GetParam()));
  {
    HelperProcess child({EQUIVOLVE_STORE_HELPER, "write", file.string(), "100000", "7"});
    while (acknowledged_.size() < count) {
      const std::string line = child.read_line();
      ASSERT_TRUE(line.starts_with("ack ")) << line;
      acknowledged_.insert(std::stoull(line.substr(4)));
    }
    child.kill_now();
    EXPECT_EQ(child.wait(), -SIGKILL);
    for (const std::string& line : child.read_lines()) {  // said before it died
      if (line.starts_with("ack ")) acknowledged_.insert(std::stoull(line.substr(4)));
    }
  }
  EXPECT_GE(acknowledged_.size(), count);
  expect_acknowledged_rows();
}

INSTANTIATE_TEST_SUITE_P(SomeCounts, KillAnywhere,
                         ::testing::Values("1", "10", "100", "1000", "5000"));

TEST(FaultPlan, ThatCannotHappenEndsTheProgram) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  TempFolder folder;
  for (const char* plan : {"store.no_such_point:1", "store.group.before", "store.group.before:0"}) {
    HelperProcess child(
        {EQUIVOLVE_STORE_HELPER, "write", (folder.path() / "runs.db").string(), "5", "5"},
        {std::string("EQUIVOLVE_FAULT=") + plan});
    child.read_lines();
    EXPECT_EQ(child.wait(), 1) << plan;
  }
}

}  // namespace
}  // namespace equivolve::tests
