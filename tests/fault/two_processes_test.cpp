// S5, S6 and wishes: what a second process does to a run.
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "engine/store/reader.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

/// A run that would take very long, seen to be under way.
struct LongRun {
  TempFolder folder;
  std::string store = folder.path() / "runs.db";
  std::unique_ptr<Child> child;

  explicit LongRun(bool quiet = true) {
    const auto yaml = folder.path() / "long.yaml";
    write_file(yaml, small_yaml(2'000'000'000));
    std::vector<std::string> arguments = {"run", yaml, "--store", store, "--json", "--events", "3"};
    if (quiet) arguments.push_back("--quiet");
    child = std::make_unique<Child>(equivolve_command(arguments));
    for (int i = 0; i < 50; ++i) child->next_event();
  }
  void drain() {
    while (child->next_event()) {
    }
  }
};

TEST(TwoProcesses, OnlyOneResumesARun) {
  LongRun run;
  const Finished second = equivolve({"resume", "1", "--store", run.store});
  EXPECT_EQ(second.exit_code, 3);
  EXPECT_NE(second.err.find(std::to_string(run.child->pid())), std::string::npos) << second.err;
  run.child->signal(SIGKILL);
  run.child->wait();
  // No stale lock: the next start takes the run (and is stopped at once).
  Child next(equivolve_command({"resume", "1", "--store", run.store, "--quiet", "--events", "3"}));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(next.next_event());
  next.signal(SIGTERM);
  while (next.next_event()) {
  }
  EXPECT_EQ(next.wait().exit_code, 143);
}

/// Another program that locks the whole file.
struct Locker {
  sqlite3* connection = nullptr;
  explicit Locker(const std::string& store) {
    EXPECT_EQ(sqlite3_open(store.c_str(), &connection), SQLITE_OK);
    sqlite3_busy_timeout(connection, 5000);
    EXPECT_EQ(sqlite3_exec(connection, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~Locker() { release(); }
  void release() {
    if (connection) sqlite3_close(connection);  // rolls back
    connection = nullptr;
  }
};

/// Reads events until `more` outcomes are acknowledged; the last ticket of them.
std::uint64_t read_outcomes(Child& child, int more) {
  std::uint64_t last = 0;
  while (more > 0) {
    const auto line = child.next_event();
    if (!line) {
      ADD_FAILURE() << "the run has ended: " << child.errors_so_far();
      return last;
    }
    const auto event = nlohmann::json::parse(*line);
    if (event["event"] != "outcome") continue;
    last = event["ticket"];
    --more;
  }
  return last;
}

/// Ends the run; everything up to `ticket` is in its store, and the store is sound.
void expect_nothing_lost(LongRun& run, std::uint64_t ticket) {
  run.child->signal(SIGTERM);
  run.drain();
  const Finished done = run.child->wait();
  EXPECT_EQ(done.exit_code, 143) << done.err;
  auto reader = engine::StoreReader::open(run.store);
  ASSERT_TRUE(reader) << reader.error().message;
  const auto data = (*reader)->replay(1);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_GT(data->outcomes.size(), ticket);
  const Finished verified = equivolve({"store", "verify", "--store", run.store});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
}

/// Holds the lock until `enough` returns; then the run goes on, and has lost nothing. Its events
/// are read all the while: a full pipe would hold it back before it comes to the lock.
template <class Enough>
void hold_lock(LongRun& run, Enough enough) {
  Locker locker(run.store);
  std::uint64_t last = 0;
  std::thread reader([&] { last = read_outcomes(*run.child, 20'000); });
  enough();
  locker.release();
  reader.join();
  expect_nothing_lost(run, last);
}

// The promise is one of seconds, so the lock is held for seconds.
TEST(TwoProcesses, ALockOfASecondOnlyDelaysARun) {
  LongRun run;
  hold_lock(run, [] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
}

TEST(TwoProcesses, ALockOfThreeSecondsIsSpokenOf) {
  LongRun run(false);
  const auto said = [&] {
    return run.child->errors_so_far().find("locked by another program; waiting") !=
           std::string::npos;
  };
  hold_lock(run, [&] {
    const auto begin = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::seconds(3));
    // On a busy machine the run may have come to the lock late; it gives up after ten seconds.
    while (!said() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(9))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(said()) << run.child->errors_so_far();
  });
}

TEST(TwoProcesses, ALockForEverEndsARunWhichThenResumes) {
  LongRun run;
  {
    Locker locker(run.store);
    run.drain();  // ends when the run gives up, after 10 s
    const Finished done = run.child->wait();
    EXPECT_EQ(done.exit_code, 3);
    EXPECT_NE(done.err.find("locked"), std::string::npos) << done.err;
    EXPECT_NE(done.err.find("equivolve resume 1"), std::string::npos) << done.err;
  }
  Child next(equivolve_command({"resume", "1", "--store", run.store, "--quiet", "--events", "3"}));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(next.next_event());
  next.signal(SIGTERM);
  while (next.next_event()) {
  }
  EXPECT_EQ(next.wait().exit_code, 143);
}

TEST(TwoProcesses, AWishStopsARun) {
  LongRun run;
  auto reader = engine::StoreReader::open(run.store);
  ASSERT_TRUE(reader) << reader.error().message;
  ASSERT_TRUE((*reader)->request(1, "stop"));
  run.drain();
  const Finished done = run.child->wait();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["stopped_by"], "wish");
}

TEST(TwoProcesses, TwoRunsShareAStore) {
  TempFolder folder;
  const auto yaml = folder.path() / "small.yaml";
  write_file(yaml, small_yaml(5000));
  const std::string store = folder.path() / "runs.db";
  const auto alone =
      answer(equivolve({"run", yaml, "--store", folder.path() / "alone.db", "--json", "--quiet"}));
  Child one(equivolve_command({"run", yaml, "--store", store, "--json", "--quiet"}));
  Child two(equivolve_command({"run", yaml, "--store", store, "--json", "--quiet"}));
  const Finished first = one.wait(), second = two.wait();
  ASSERT_EQ(first.exit_code, 0) << first.err;
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(answer(first)["result_digest"], alone["result_digest"]);
  EXPECT_EQ(answer(second)["result_digest"], alone["result_digest"]);
  EXPECT_NE(answer(first)["run"], answer(second)["run"]);
  EXPECT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0);
}

}  // namespace
}  // namespace equivolve::tests
