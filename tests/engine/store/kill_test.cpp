// kill -9 around each commit of what is done to a file beside writing runs (reliability: S2): the
// file is sound, what was asked has happened or has not, and asking again gets there.
#include <signal.h>

#include "engine/store/fault_point.hpp"
#include "tests/engine/store/child.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class Killed : public StoreTest {
 protected:
  void SetUp() override {
#ifndef EQUIVOLVE_FAULT_POINTS
    GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
    write_finished_run(file, 60, "first");
    write_finished_run(file, 40, "second");
  }
  // The helper's end: an exit status, or minus a signal.
  int helper(const std::vector<std::string>& arguments, const std::string& fault = {}) {
    std::vector<std::string> all = {EQUIVOLVE_STORE_HELPER};
    all.insert(all.end(), arguments.begin(), arguments.end());
    HelperProcess child(all, {"EQUIVOLVE_FAULT=" + fault});
    child.read_lines();
    return child.wait();
  }
  void expect_whole(RunId run, std::uint64_t count) {
    const auto reader = open_reader();
    const auto info = reader->find_run(std::to_string(run));
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->state.status, RunStatus::kFinished);
    const auto data = reader->replay(run);
    ASSERT_TRUE(data) << data.error().message;
    ASSERT_EQ(data->outcomes.size(), count);
    EXPECT_EQ(data->trials.size(), count / 2);
    EXPECT_EQ(data->classes.size(), count / 2);
    EXPECT_TRUE(reader->genome(run, 0));
    EXPECT_EQ(reader->artefacts(run)->size(), 1u);
  }
  void expect_gone() {
    const auto reader = open_reader();
    EXPECT_EQ(reader->runs()->size(), 1u);
    EXPECT_FALSE(reader->find_run("1"));
    EXPECT_FALSE(reader->find_run("first"));
    EXPECT_EQ(reader->find_run("latest")->id, 2);
    EXPECT_FALSE(open_writer()->resume_run(1));
  }
  void expect_no_rows_of_the_first() {
    for (const char* table : {"figures", "outcomes", "genomes", "classes", "trials",
                              "intermediate_values", "events", "artefacts"})
      EXPECT_EQ(query(file, std::string("SELECT count(*) FROM ") + table + " WHERE id >> 40 = 1"),
                std::vector<std::string>{"0"})
          << table;
    EXPECT_EQ(query(file, "SELECT run FROM runs"), std::vector<std::string>{"2"});
  }
};

class KilledDelete : public Killed, public ::testing::WithParamInterface<std::string> {};

TEST_P(KilledDelete, LeavesTheRunWholeOrGone) {
  const std::vector<std::string> command = {"delete", file.string(), "1", "7"};
  ASSERT_EQ(helper(command, GetParam()), -SIGKILL) << "the point was never passed";
  EXPECT_EQ(problems(), std::vector<std::string>{});
  expect_whole(2, 40);
  const bool whole = GetParam() == "store.delete_mark.before:1";
  if (whole) {
    expect_whole(1, 60);
  } else {
    expect_gone();
  }
  const bool all_gone = GetParam() == "store.delete_head.after:1";
  EXPECT_EQ(open_reader()->half_deleted_runs()->size(), whole || all_gone ? 0u : 1u);
  EXPECT_EQ(helper(command), all_gone ? 3 : 0);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  expect_gone();
  expect_no_rows_of_the_first();
  expect_whole(2, 40);
}

INSTANTIATE_TEST_SUITE_P(
    EachPoint, KilledDelete,
    ::testing::Values("store.delete_mark.before:1", "store.delete_mark.after:1",
                      "store.delete_rows.before:1", "store.delete_rows.before:8",
                      "store.delete_rows.before:16", "store.delete_rows.before:24",
                      "store.delete_rows.after:1", "store.delete_rows.after:3",
                      "store.delete_rows.after:6", "store.delete_rows.after:10",
                      "store.delete_rows.after:15", "store.delete_rows.after:20",
                      "store.delete_rows.after:25", "store.delete_rows.after:30",
                      "store.delete_head.before:1", "store.delete_head.after:1"),
    [](const auto& info) {
      std::string name = info.param;
      for (char& c : name)
        if (c == '.' || c == ':') c = '_';
      return name;
    });

TEST_F(Killed, AGroupIsThereWithItsPlanOrGone) {
  ASSERT_EQ(helper({"group", file.string(), "3"}), 0);
  const std::vector<std::string> command = {"ungroup", file.string(), "1"};
  ASSERT_EQ(helper(command, "store.delete_group.before:1"), -SIGKILL);
  EXPECT_EQ(open_reader()->groups()->size(), 1u);
  EXPECT_EQ(open_reader()->plan(1)->size(), 3u);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  ASSERT_EQ(helper(command, "store.delete_group.after:1"), -SIGKILL);
  EXPECT_TRUE(open_reader()->groups()->empty());
  EXPECT_EQ(query(file, "SELECT count(*) FROM planned_runs"), std::vector<std::string>{"0"});
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Killed, AWishIsMadeOrNot) {
  for (const bool committed : {false, true}) {
    const std::string point = committed ? "store.wish.after:1" : "store.wish.before:1";
    ASSERT_EQ(helper({"wish", file.string(), "1"}, point), -SIGKILL);
    EXPECT_EQ(query(file, "SELECT count(*) FROM control"),
              std::vector<std::string>{committed ? "1" : "0"});
    EXPECT_EQ(problems(), std::vector<std::string>{});
  }
  EXPECT_EQ(helper({"wish", file.string(), "1"}), 0);
  expect_whole(1, 60);
}

TEST_F(Killed, AConfigurationIsTheOldOrTheNewOne) {
  const std::string before = open_reader()->find_run("1")->head.config_resolved;
  const std::string after = "{\"seed\":1}";
  const std::vector<std::string> command = {"configure", file.string(), "1", after};
  ASSERT_EQ(helper(command, "store.configuration.before:1"), -SIGKILL);
  EXPECT_EQ(open_reader()->find_run("1")->head.config_resolved, before);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  ASSERT_EQ(helper(command, "store.configuration.after:1"), -SIGKILL);
  EXPECT_EQ(open_reader()->find_run("1")->head.config_resolved, after);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  EXPECT_EQ(helper(command), 0);
  expect_whole(1, 60);
}

TEST_F(Killed, ASalvagedFileIsThereWholeOrNotAtAll) {
  const auto saved = folder.path() / "saved.db";
  const std::vector<std::string> command = {"salvage", file.string(), saved.string()};
  for (const char* point : {"store.salvage.before:1", "store.salvage.after:1"}) {
    ASSERT_EQ(helper(command, point), -SIGKILL);
    EXPECT_FALSE(std::filesystem::exists(saved));
    EXPECT_EQ(problems(), std::vector<std::string>{});
  }
  ASSERT_EQ(helper(command), 0);
  file = saved;
  EXPECT_EQ(problems(), std::vector<std::string>{});
  expect_whole(1, 60);
  expect_whole(2, 40);
}

}  // namespace
}  // namespace equivolve::tests
