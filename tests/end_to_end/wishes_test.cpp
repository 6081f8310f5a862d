// stop, pause, delete and compact while another process carries the run out.
#include <signal.h>

#include <thread>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

bool can_be_written(const std::string& store) {
  sqlite3* file = nullptr;
  sqlite3_open_v2(store.c_str(), &file, SQLITE_OPEN_READWRITE, nullptr);
  const bool can =
      sqlite3_exec(file, "BEGIN IMMEDIATE; ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK;
  sqlite3_close(file);
  return can;
}

struct LongRun {
  TempFolder folder;
  std::string store = folder.path() / "runs.db";
  std::unique_ptr<Child> child;

  explicit LongRun(const std::string& yaml, int events = 20) {
    const auto file = folder.path() / "long.yaml";
    write_file(file, yaml);
    child = std::make_unique<Child>(
        equivolve_command({"run", file, "--store", store, "--quiet", "--json", "--events", "3"}));
    for (int i = 0; i < events; ++i) child->next_event();
    drain_ = std::thread([this] {
      while (child->next_event()) {
      }
    });
  }
  Finished end() {
    drain_.join();
    return child->wait();
  }
  /// Stops the process at a moment at which it does not hold the file's write lock.
  void freeze() {
    for (;;) {
      child->signal(SIGSTOP);
      if (can_be_written(store)) return;
      child->signal(SIGCONT);
      std::this_thread::yield();
    }
  }
  Finished call(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--store", store});
    return equivolve(arguments);
  }

 private:
  std::thread drain_;
};

TEST(Wishes, StopWaitsUntilTheRunHasEnded) {
  LongRun run(small_yaml(2'000'000'000));
  EXPECT_EQ(run.call({"delete", "1", "--yes"}).exit_code, 3);
  EXPECT_EQ(run.call({"store", "compact"}).exit_code, 3);
  EXPECT_EQ(run.call({"reproduce", "1"}).exit_code, 2);
  const auto stopped = answer(run.call({"stop", "1", "--json"}));
  EXPECT_EQ(stopped["status"], "stopped");
  EXPECT_EQ(stopped["was_running"], true);
  EXPECT_EQ(run.end().exit_code, 0);
  const Finished again = run.call({"stop", "1"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_NE(again.out.find("is not running: it is stopped"), std::string::npos) << again.out;
  EXPECT_NE(again.out.find("next: equivolve resume 1"), std::string::npos) << again.out;
  EXPECT_EQ(run.call({"pause", "1"}).exit_code, 2);
  EXPECT_EQ(run.call({"stop", "1", "--wait", "soon"}).exit_code, 2);
}

TEST(Wishes, StopNeedNotWait) {
  LongRun run(small_yaml(2'000'000'000));
  const Finished asked = run.call({"stop", "1", "--wait", "0"});
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  EXPECT_NE(asked.out.find("run 1 was asked to stop"), std::string::npos) << asked.out;
  const Finished ended = run.end();
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(answer(ended)["status"], "stopped");
}

TEST(Wishes, PauseHoldsTheRunUntilItMayContinue) {
  LongRun run(small_yaml(2'000'000'000));
  EXPECT_EQ(answer(run.call({"pause", "1", "--json"}))["status"], "paused");
  const Finished twice = run.call({"pause", "1"});
  EXPECT_NE(twice.out.find("is paused"), std::string::npos) << twice.out;
  EXPECT_NE(twice.out.find("next: equivolve pause 1 --store"), std::string::npos) << twice.out;
  EXPECT_EQ(answer(run.call({"pause", "1", "--continue", "--json"}))["status"], "running");
  EXPECT_EQ(answer(run.call({"pause", "1", "--json"}))["status"], "paused");
  EXPECT_EQ(answer(run.call({"stop", "1", "--json"}))["status"], "stopped") << "also when paused";
  EXPECT_EQ(run.end().exit_code, 0);
}

TEST(Wishes, PauseHoldsTheFinalStageToo) {
  // A search of a moment, and a final stage of many trials of about a millisecond.
  LongRun run(
      "evaluator: algorithm_discovery\n"
      "data: {synthetic: linear, tasks: 10, dimension: 4, train: 1000, validation: 100}\n"
      "final: {top: 10, repeats: 3000}\nbudget: {candidates: 60}\n",
      1 + 60);
  EXPECT_EQ(answer(run.call({"pause", "1", "--json"}))["status"], "paused");
  const auto trials = [&] { return answer(run.call({"store", "verify", "--json"}))["rows"]; };
  trials();  // what was in flight has ended meanwhile
  const auto before = trials();
  EXPECT_EQ(trials(), before) << "no trial is done while paused";
  EXPECT_EQ(answer(run.call({"pause", "1", "--continue", "--json"}))["status"], "running");
  EXPECT_EQ(answer(run.call({"stop", "1", "--json"}))["status"], "stopped");
  EXPECT_EQ(run.end().exit_code, 0);
}

TEST(Wishes, ThatAreNotAnsweredStand) {
  LongRun run(small_yaml(2'000'000'000));
  run.freeze();
  const Finished unanswered = run.call({"stop", "1", "--wait", "100ms"});
  EXPECT_EQ(unanswered.exit_code, 3);
  EXPECT_NE(unanswered.err.find("has not answered"), std::string::npos) << unanswered.err;
  run.child->signal(SIGCONT);
  EXPECT_EQ(run.end().exit_code, 0);
}

/// The first column of the query's first row.
std::int64_t ask(const std::string& store, const char* sql) {
  sqlite3* file = nullptr;
  sqlite3_open_v2(store.c_str(), &file, SQLITE_OPEN_READONLY, nullptr);
  std::int64_t value = -1;
  const auto take = [](void* into, int, char** columns, char**) {
    *static_cast<std::int64_t*>(into) = columns[0] ? std::atoll(columns[0]) : -1;
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(file, sql, take, &value, nullptr), SQLITE_OK) << sql;
  sqlite3_close(file);
  return value;
}

// What a frozen run has committed stands still, so that it can be counted in two ways.
TEST(Wishes, ShowAndListOfARunningRunSayWhatIsCommittedAndNoMore) {
  LongRun run(small_yaml(2'000'000'000), 3000);
  run.freeze();
  const auto shown = answer(run.call({"show", "1", "--json"}));
  EXPECT_EQ(shown["status"], "running");
  for (const auto& [key, sql] :
       {std::pair("candidates", "SELECT count(*) FROM outcomes"),
        std::pair("stopped_at", "SELECT count(*) FROM outcomes"),
        std::pair("evaluations", "SELECT count(*) FROM candidates WHERE hit = 0"),
        std::pair("cache_hits", "SELECT count(*) FROM candidates WHERE hit = 1"),
        std::pair("verified", "SELECT count(*) FROM candidates WHERE verified = 1"),
        std::pair("wrong_hits", "SELECT count(*) FROM candidates WHERE wrong = 1"),
        std::pair("failed", "SELECT count(*) FROM candidates WHERE status = 'failed'"),
        std::pair("classes",
                  "SELECT count(*) FROM classes WHERE founder < (SELECT count(*) FROM "
                  "outcomes)")})
    EXPECT_EQ(shown[key], ask(run.store, sql)) << key;
  EXPECT_EQ(shown["best"]["birth"], ask(run.store, "SELECT birth FROM best WHERE place = 1"));
  EXPECT_EQ(shown["best"]["validation"].size(), 1u);
  EXPECT_FALSE(shown["best"]["text"].get<std::string>().empty());
  for (const char* key :
       {"reproducible", "improved", "probe_seconds", "look_up_seconds", "evaluation_seconds",
        "seconds_saved", "predicted_speed_up", "measured_speed_up", "largest_error", "evictions",
        "partial_hits", "final_trials", "result_digest", "trajectory_digest", "best_reference"})
    EXPECT_TRUE(shown.contains(key) && shown[key].is_null()) << key;
  EXPECT_EQ(answer(run.call({"list", "--json"}))[0], shown);
  const Finished text = run.call({"show", "1"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("found (birth"), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("improvement"), std::string::npos) << text.out;
  run.child->signal(SIGKILL);
  EXPECT_EQ(run.end().signal, SIGKILL);
  auto killed = answer(run.call({"show", "1", "--json"}));
  EXPECT_EQ(killed["status"], "interrupted");
  killed["status"] = "running";
  EXPECT_EQ(killed, shown);
}

}  // namespace
}  // namespace equivolve::tests
