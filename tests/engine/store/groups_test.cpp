// Groups of runs, where runs come from, and the count of opened test splits.
#include <signal.h>

#include "tests/engine/store/child.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class Groups : public StoreTest {
 protected:
  RunHead member(GroupId group, std::uint64_t position) {
    RunHead head = make_head("sweep/" + std::to_string(position + 1));
    head.origin = {group, position, 0};
    return head;
  }
  RunId write_member(GroupId group, std::uint64_t position) {
    auto writer = open_writer();
    const auto run = writer->begin_run(member(group, position));
    EXPECT_TRUE(run) << run.error().message;
    EXPECT_TRUE(writer->update_run(finished_state(0)));
    EXPECT_TRUE(writer->finish_run());
    return *run;
  }
};

TEST_F(Groups, AreReadAsTheyWereWritten) {
  write_finished_run(file, 2);
  const auto number = open_writer()->begin_group(make_plan(3));
  ASSERT_TRUE(number);
  EXPECT_EQ(*number, 1);
  EXPECT_EQ(write_member(1, 0), 2);
  EXPECT_EQ(write_member(1, 2), 3);
  const auto reader = open_reader();
  const auto groups = reader->groups();
  ASSERT_EQ(groups->size(), 1u);
  const GroupInfo& group = groups->front();
  EXPECT_EQ(group.name, "sweep");
  EXPECT_EQ(group.planned, 3u);
  EXPECT_EQ(group.config_as_written, "name: sweep\n");
  EXPECT_EQ(group.begun, (std::vector<std::pair<std::uint64_t, RunId>>{{0, 2}, {2, 3}}));
  const auto plan = reader->plan(1);
  ASSERT_EQ(plan->size(), 3u);
  const PlannedRun expected = make_plan(3).runs[1];
  EXPECT_EQ((*plan)[1].name, expected.name);
  EXPECT_EQ((*plan)[1].seed, expected.seed);
  EXPECT_EQ((*plan)[1].settings, expected.settings);
  EXPECT_EQ((*plan)[1].config_resolved, expected.config_resolved);
  EXPECT_EQ((*plan)[1].context, expected.context);
  EXPECT_EQ(reader->find_run("3")->head.origin.group, 1);
  EXPECT_EQ(reader->find_run("3")->head.origin.position, 2u);
  EXPECT_EQ(reader->find_run("1")->head.origin.group, 0);
  EXPECT_EQ(reader->find_run("1")->head.data, make_head().data);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  EXPECT_EQ(query(file, "SELECT place, name, run, status FROM group_runs"),
            (std::vector<std::string>{"1|sweep/1|2|finished", "2|sweep/2||not begun",
                                      "3|sweep/3|3|finished"}));
}

TEST_F(Groups, AreFoundByNumberAndByName) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_group(make_plan(1, "a")));
  ASSERT_TRUE(writer->begin_group(make_plan(1, "b")));
  ASSERT_TRUE(writer->begin_group(make_plan(1, "a")));
  const auto reader = open_reader();
  EXPECT_EQ(reader->find_group("g2")->name, "b");
  EXPECT_EQ(reader->find_group("a")->id, 3);
  for (const char* no : {"g4", "g0", "g", "g1x", "2", "c", ""}) {
    EXPECT_FALSE(reader->find_group(no)) << no;
  }
}

TEST_F(Groups, EachRunIsBegunOnce) {
  ASSERT_TRUE(open_writer()->begin_group(make_plan(2)));
  write_member(1, 1);
  const auto again = open_writer()->begin_run(member(1, 1));
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("run 2 of group 1 was begun by another process, as run 1"),
            std::string::npos)
      << again.error().message;
  EXPECT_EQ(query(file, "SELECT count(*) FROM runs"), std::vector<std::string>{"1"});
}

TEST_F(Groups, ForkedRunsNameTheirParent) {
  const RunId parent = write_finished_run(file, 2);
  auto writer = open_writer();
  RunHead head = make_head("fork");
  head.origin.parent = parent;
  ASSERT_TRUE(writer->begin_run(head));
  EXPECT_EQ(open_reader()->find_run("fork")->head.origin.parent, parent);
}

TEST_F(Groups, KilledWhileOneIsBegunThereIsNone) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  write_finished_run(file, 2);
  HelperProcess child({EQUIVOLVE_STORE_HELPER, "group", file.string(), "50"},
                      {"EQUIVOLVE_FAULT=store.begin_group.before:1"});
  child.read_lines();
  ASSERT_EQ(child.wait(), -SIGKILL);
  EXPECT_TRUE(open_reader()->groups()->empty());
  EXPECT_EQ(query(file, "SELECT count(*) FROM planned_runs"), std::vector<std::string>{"0"});
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Groups, VerifyReportsAPlanWithAHole) {
  ASSERT_TRUE(open_writer()->begin_group(make_plan(3)));
  write_member(1, 1);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  query(file, "DELETE FROM planned_runs WHERE id & 0xFF = 1");
  EXPECT_EQ(problems(),
            (std::vector<std::string>{"groups without all of their planned runs: 1 rows",
                                      "runs of a group that are not in its plan: 1 rows"}));
}

class Openings : public StoreTest {
 protected:
  void open_test_split(const hashing::Digest& data, const hashing::Digest& context, int times = 1) {
    auto writer = open_writer();
    ASSERT_TRUE(writer->begin_run(make_head()));
    for (int i = 0; i < times; ++i) {
      writer->push(TestOpeningRow{data, context});
      ASSERT_TRUE(writer->flush());
    }
    ASSERT_TRUE(writer->finish_run());
  }
  void open_for(std::uint64_t winner) {
    auto writer = open_writer();
    const bool begun = open_reader()->find_run("1").has_value();
    if (begun)
      ASSERT_TRUE(writer->resume_run(1));
    else
      ASSERT_TRUE(writer->begin_run(make_head()));
    writer->push(TestOpeningRow{{1, 2}, {5, 5}, winner});
    ASSERT_TRUE(writer->finish_run());
  }
  std::uint64_t count(const hashing::Digest& data, const hashing::Digest& context) {
    return open_reader()->test_openings({data, context})->value();
  }
};

TEST_F(Openings, AreCountedByDataOnceARun) {
  const hashing::Digest iris{1, 2}, wine{3, 4}, a{5, 5}, b{6, 6};
  open_test_split(iris, a, 3);
  open_test_split(iris, b);
  open_test_split(wine, a);
  EXPECT_EQ(count(iris, {9, 9}), 2u);
  EXPECT_EQ(count(wine, {9, 9}), 1u);
  EXPECT_EQ(count({7, 7}, a), 0u);
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Openings, OfUnknownDataAreCountedByContext) {
  const hashing::Digest none{}, iris{1, 2}, a{5, 5}, b{6, 6};
  open_test_split(none, a);
  open_test_split(iris, a);
  EXPECT_EQ(count(none, a), 1u);
  EXPECT_EQ(count(iris, a), 2u);
  EXPECT_EQ(count(iris, b), 1u);
}

TEST_F(Openings, AreNotForgottenOrCountedTwiceWhenARunGoesOn) {
  const hashing::Digest iris{1, 2}, a{5, 5};
  {
    auto writer = open_writer();
    ASSERT_TRUE(writer->begin_run(make_head()));
    writer->push(TestOpeningRow{iris, a});
  }
  auto writer = open_writer();
  ASSERT_TRUE(writer->resume_run(1));
  writer->push(TestOpeningRow{iris, a});
  ASSERT_TRUE(writer->finish_run());
  EXPECT_EQ(count(iris, a), 1u);
}

// A larger budget that finds another winner is another look; one that does not shows nothing new.
TEST_F(Openings, AreCountedForEachNewWinnerOfARunThatGoesOn) {
  for (const std::uint64_t winner :
       {std::uint64_t{7}, std::uint64_t{7}, std::uint64_t{9}, kNone64, kNone64, std::uint64_t{7}})
    open_for(winner);
  EXPECT_EQ(count({1, 2}, {5, 5}), 4u);
  EXPECT_EQ(query(file, "SELECT id & 0xFF, winner FROM test_openings ORDER BY id"),
            (std::vector<std::string>{"0|7", "1|9", "2|", "3|7"}));
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Openings, OutliveTheirRunAndKeepItsNumber) {
  open_test_split({1, 2}, {5, 5});
  for (const char* table : {"figures", "events", "origins", "progress", "runs"}) {
    query(file, std::string("DELETE FROM ") + table);
  }
  EXPECT_EQ(count({1, 2}, {5, 5}), 1u);
  EXPECT_EQ(*open_writer()->begin_run(make_head()), 2);
}

}  // namespace
}  // namespace equivolve::tests
