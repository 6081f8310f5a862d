// One run, one process (reliability.md, S6), and stores that lost their -wal (S9).
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "engine/store/run_lock.hpp"
#include "tests/engine/store/child.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class Lock : public StoreTest {
 protected:
  std::unique_ptr<HelperProcess> start_holder() {
    return std::make_unique<HelperProcess>(
        std::vector<std::string>{EQUIVOLVE_STORE_HELPER, "hold", file.string(), "1"});
  }
  void make_stopped_run() {
    auto writer = open_writer();
    ASSERT_TRUE(writer->begin_run(make_head()));
    for (Record& record : make_records(0, 10)) writer->push(std::move(record));
    ASSERT_TRUE(writer->finish_run());
  }
  std::filesystem::path side_file() const { return file.string() + ".run-1.lock"; }
  /// A holder's first moment: the lock is taken, the file is empty. The descriptor, or -1.
  int lock_without_a_name() const {
    const int descriptor = open(side_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    if (fcntl(descriptor, F_OFD_SETLK, &whole) == 0 && ftruncate(descriptor, 0) == 0)
      return descriptor;
    close(descriptor);
    return -1;
  }
};

constexpr std::size_t kRacing = 34;  // three times: about a hundred starts

TEST_F(Lock, OneOfManyRacingProcessesWinsAndTheOthersNameIt) {
  make_stopped_run();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<HelperProcess>> children;
    for (std::size_t i = 0; i < kRacing; ++i) children.push_back(start_holder());
    const HelperProcess* winner = nullptr;
    std::vector<std::string> refusals;
    for (const auto& child : children) {
      const std::string said = child->read_line();
      if (said == "won") {
        EXPECT_EQ(winner, nullptr);
        winner = child.get();
      } else {
        refusals.push_back(said);
      }
    }
    ASSERT_NE(winner, nullptr);
    EXPECT_EQ(refusals.size(), kRacing - 1);
    std::array<char, 256> host{};
    ASSERT_EQ(gethostname(host.data(), host.size() - 1), 0);
    for (const std::string& refusal : refusals) {
      EXPECT_NE(refusal.find("host " + std::string(host.data())), std::string::npos) << refusal;
      EXPECT_NE(refusal.find("pid " + std::to_string(winner->pid()) + ";"), std::string::npos)
          << refusal;
    }
  }  // the winner is killed here: the next round must find the run free
}

// A holder's first write can wait long behind other programs' syncs: on a busy machine whoever came
// second in that moment named nobody.
TEST_F(Lock, WaitsForTheNameOfAHolderThatIsSlowToWriteIt) {
  make_stopped_run();
  const int descriptor = lock_without_a_name();
  ASSERT_GE(descriptor, 0);
  auto refused =
      std::async(std::launch::async, [&] { return store::RunLock::take(file, 1).error().message; });
  // Half a second is what it used to take to give up, and more.
  EXPECT_EQ(refused.wait_for(std::chrono::milliseconds(500)), std::future_status::timeout);
  std::array<char, 256> host{};
  ASSERT_EQ(gethostname(host.data(), host.size() - 1), 0);
  std::string text =
      "host " + std::string(host.data()) + "\npid " + std::to_string(getpid()) + "\ncommits 0\n";
  ASSERT_EQ(pwrite(descriptor, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  EXPECT_NE(refused.get().find("pid " + std::to_string(getpid()) + ";"), std::string::npos);
  close(descriptor);
}

TEST_F(Lock, IsTakenWhenItIsLetGoBeforeItsHolderHadAName) {
  make_stopped_run();
  const int descriptor = lock_without_a_name();
  ASSERT_GE(descriptor, 0);
  auto taken =
      std::async(std::launch::async, [&] { return store::RunLock::take(file, 1).has_value(); });
  EXPECT_EQ(taken.wait_for(std::chrono::milliseconds(500)), std::future_status::timeout);
  close(descriptor);
  EXPECT_TRUE(taken.get());
}

// ... nor is one named that let go, though it lives on.
TEST_F(Lock, DoesNotNameWhoLetItGo) {
  make_stopped_run();
  const auto commits = store::read_side_file(file, 1)->commits;
  ASSERT_TRUE(store::RunLock::take(file, 1));
  EXPECT_EQ(store::read_side_file(file, 1)->commits, commits);
  const int descriptor = open(side_file().c_str(), O_RDWR | O_CLOEXEC);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  ASSERT_EQ(fcntl(descriptor, F_OFD_SETLK, &whole), 0);
  auto taken =
      std::async(std::launch::async, [&] { return store::RunLock::take(file, 1).has_value(); });
  EXPECT_EQ(taken.wait_for(std::chrono::milliseconds(500)), std::future_status::timeout);
  close(descriptor);
  EXPECT_TRUE(taken.get());
}

TEST_F(Lock, ManyWhoMakeTheFileAtOnceShareIt) {
  constexpr int kThreads = 8;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::set<RunId> runs;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      auto writer = StoreWriter::open(file);
      if (!writer) return;
      const auto run = (*writer)->begin_run(make_head());
      const std::lock_guard lock(mutex);
      if (run) runs.insert(*run);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(runs.size(), static_cast<std::size_t>(kThreads));
  EXPECT_EQ(open_reader()->runs()->size(), static_cast<std::size_t>(kThreads));
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(Lock, IsSeenByReadersAndGoneAfterAKill) {
  make_stopped_run();
  auto child = start_holder();
  ASSERT_EQ(child->read_line(), "won");
  EXPECT_TRUE(open_reader()->find_run("1")->locked);
  child->kill_now();
  EXPECT_EQ(child->wait(), -9);
  EXPECT_FALSE(open_reader()->find_run("1")->locked);
  auto writer = open_writer();
  EXPECT_TRUE(writer->resume_run(1));
}

TEST_F(Lock, HoldsWithinOneProcessToo) {
  make_stopped_run();
  auto first = open_writer();
  auto second = open_writer();
  ASSERT_TRUE(first->resume_run(1));
  const auto refused = second->resume_run(1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("pid " + std::to_string(getpid())), std::string::npos);
  EXPECT_TRUE(second->begin_run(make_head("another")));
}

TEST_F(Lock, IsOneForAllNamesOfAFile) {
  make_stopped_run();
  auto first = open_writer();
  ASSERT_TRUE(first->resume_run(1));
  std::filesystem::create_symlink(file, folder.path() / "alias.db");
  auto second = StoreWriter::open(folder.path() / "alias.db");
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE((*second)->resume_run(1));
}

TEST_F(Lock, LeavesNoSideFileOfAFinishedRun) {
  write_finished_run(file, 10);
  EXPECT_FALSE(std::filesystem::exists(side_file()));
}

TEST_F(Lock, SurvivesThatAFinishedRunRemovesItsFile) {
  make_stopped_run();
  auto first = store::RunLock::take(file, 1);
  ASSERT_TRUE(first);
  first->release(true);
  auto second = store::RunLock::take(file, 1);
  ASSERT_TRUE(second);
  EXPECT_FALSE(store::RunLock::take(file, 1));
}

TEST_F(Lock, ResumingARunThatDoesNotExistMakesNoSideFile) {
  make_stopped_run();
  auto writer = open_writer();
  const auto refused = writer->resume_run(7);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("no run 7: it has runs 1 (iris)"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".run-7.lock"));
}

TEST_F(Lock, KnowsThatTheStoreLostItsWal) {
  const auto copy = folder.path() / "copy.db";
  {
    auto writer = open_writer();
    ASSERT_TRUE(writer->begin_run(make_head()));
    for (Record& record : make_records(0, 10)) writer->push(std::move(record));
    ASSERT_TRUE(writer->finish_run());  // in the file
    ASSERT_TRUE(writer->resume_run(1));
    for (Record& record : make_records(10, 10)) writer->push(std::move(record));
    ASSERT_TRUE(writer->flush());  // in the -wal
    std::filesystem::copy_file(file, copy);
    std::filesystem::copy_file(side_file(), copy.string() + ".run-1.lock");
  }
  file = copy;
  const auto found = problems();
  ASSERT_EQ(found.size(), 1u) << found.front();
  EXPECT_NE(found[0].find("its -wal file is missing or older"), std::string::npos) << found[0];
  std::vector<std::string> messages;
  WriterOptions options;
  options.message = [&](const std::string& text) { messages.push_back(text); };
  auto writer = open_writer(options);
  ASSERT_TRUE(writer->resume_run(1));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_NE(messages[0].find("its -wal file is missing or older"), std::string::npos);
  EXPECT_EQ(open_reader()->replay(1)->outcomes.size(), 10u);
}

}  // namespace
}  // namespace equivolve::tests
