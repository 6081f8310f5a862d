// S5, S6 and wishes: what a second process does to a run.
#include <signal.h>
#include <unistd.h>

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

  LongRun() {
    const auto yaml = folder.path() / "long.yaml";
    write_file(yaml, small_yaml(2'000'000'000));
    child = std::make_unique<Child>(
        equivolve_command({"run", yaml, "--store", store, "--quiet", "--json", "--events", "3"}));
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
