#include "engine/plugins/crash_notes.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/plugins/parallel_for.hpp"
#include "engine/plugins/set_aside.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine {
namespace {

constexpr char kWords[] = "these are the words\n";

/// By a signal; a sanitizer ends its process in its own way.
bool is_crash(int status) {
  return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

int overflow_of(int depth) {  // NOLINT(misc-no-recursion)
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : overflow_of(depth + 1) + frame[0];
}

class CrashNotesTest : public testing::Test {
 protected:
  // The child has this test's folder.
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "fast"); }
  /// In a process of its own that tries `candidate_`.
  void crash(const std::function<void()>& act) const {
    const auto all = [&] {
      const CrashNotes notes(file_, kWords);
      const Tried tried{notes, Step::kProbe, candidate_, class_};
      const Trying here(&tried);
      act();
      _exit(0);
    };
    EXPECT_EXIT(all(), is_crash, "these are the words");
  }
  std::vector<CrashNote> noted() const { return CrashNotes(file_, kWords).read(); }
  std::uint64_t behaviour() const { return behaviours_of(candidate_, class_).of_class; }

  tests::TempFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "crashes";
  CandidateView candidate_{search::Representation::kProgram, {}, "a reference"};
  std::optional<hashing::Digest> class_;
};

TEST_F(CrashNotesTest, EachFatalSignalIsNotedWithItsBehaviour) {
  const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  for (const int signal : signals) crash([&] { raise(signal); });
  const auto notes = noted();
  ASSERT_EQ(notes.size(), std::size(signals));
  for (std::size_t i = 0; i < notes.size(); ++i) {
    EXPECT_EQ(notes[i].signal, signals[i]);
    EXPECT_EQ(notes[i].step, Step::kProbe);
    EXPECT_EQ(notes[i].behaviour, behaviour());
  }
}

TEST_F(CrashNotesTest, OfAClassThatIsItsDigest) {
  class_ = hashing::Digest{0x0123456789abcdefULL, 7};
  crash([] { std::abort(); });
  const auto notes = noted();
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].behaviour, class_->lo);
}

TEST_F(CrashNotesTest, AFullStackIsNoted) {
  crash([] { overflow_of(1); });
  const auto notes = noted();
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0].signal, SIGSEGV);
}

TEST_F(CrashNotesTest, ThreadsThatHelpAreNoted) {
  const auto body = [](void*, std::size_t i) {
    if (i == 63) std::abort();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  crash([&] { parallel_for(4, 64, body, nullptr); });
  ASSERT_EQ(noted().size(), 1u);
  EXPECT_EQ(noted()[0].behaviour, behaviour());
}

TEST_F(CrashNotesTest, WhatNobodyTriesIsNot) {
  const auto all = [&] {
    const CrashNotes notes(file_, kWords);
    { const Trying nothing(nullptr); }
    raise(SIGSEGV);
  };
  EXPECT_EXIT(all(), is_crash, "");
  EXPECT_FALSE(std::filesystem::exists(file_));
}

void do_nothing(int) {}

TEST_F(CrashNotesTest, WhatWasHandledBeforeIsHandledAgain) {
  struct sigaction mine {
  }, before{}, after{};
  mine.sa_handler = do_nothing;
  ASSERT_EQ(sigaction(SIGFPE, &mine, &before), 0);
  {
    const CrashNotes one(file_, kWords);
    const CrashNotes another(file_, kWords);
    ASSERT_EQ(sigaction(SIGFPE, nullptr, &after), 0);
    EXPECT_NE(after.sa_handler, do_nothing);
  }
  ASSERT_EQ(sigaction(SIGFPE, &before, &after), 0);
  EXPECT_EQ(after.sa_handler, do_nothing);
}

TEST_F(CrashNotesTest, LinesThatAreNoneArePassedOver) {
  std::ofstream(file_) << "\ncrash 11 trial 0000000000000001\n\nnonsense\ncrash 6\n"
                       << std::string(10000, 'x') << "\ncrash 11 trial 00000\ncrash 6 dance 1\n"
                       << "crash 6 refine 00000000000000ff\ncrash 8 trial 000000";
  const auto notes = noted();
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_EQ(notes[0].signal, 11);
  EXPECT_EQ(notes[0].step, Step::kTrial);
  EXPECT_EQ(notes[0].behaviour, 1u);
  EXPECT_EQ(notes[2].signal, 6);
  EXPECT_EQ(notes[2].step, Step::kRefine);
  EXPECT_EQ(notes[2].behaviour, 255u);
}

TEST_F(CrashNotesTest, OneThatFollowsACutLineIsRead) {
  std::ofstream(file_) << "\ncrash 8 tri";
  crash([] { std::abort(); });
  ASSERT_EQ(noted().size(), 1u);
  EXPECT_EQ(noted()[0].behaviour, behaviour());
}

TEST_F(CrashNotesTest, OfThreadsThatCrashTogetherOneIsNotedAtLeast) {
  for (int i = 0; i < 20; ++i) {
    crash([] {
      std::atomic<int> ready{0};
      std::vector<std::jthread> threads;
      for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, tried = Trying::now()] {
          const Trying here(tried);
          for (++ready; ready < 4;) {
          }
          raise(SIGSEGV);
        });
    });
    EXPECT_GE(noted().size(), 1u);
    std::filesystem::remove(file_);
  }
}

TEST_F(CrashNotesTest, AForkOfTheProcessIsNotNoted) {
  const auto all = [&] {
    const CrashNotes notes(file_, kWords);
    const Tried tried{notes, Step::kTrial, candidate_, class_};
    const Trying here(&tried);
    const pid_t child = fork();
    if (child == 0) std::abort();
    int status = 0;
    waitpid(child, &status, 0);
    _exit(is_crash(status) ? 0 : 1);
  };
  EXPECT_EXIT(all(), testing::ExitedWithCode(0), "");
  EXPECT_FALSE(std::filesystem::exists(file_));
}

void* volatile nowhere = nullptr;  // read by a handler

void end_by_address(int, siginfo_t* info, void*) {
  _exit(info->si_code > 0 && info->si_addr == nowhere ? 42 : 1);
}

TEST_F(CrashNotesTest, WhoHandledAFaultBeforeLearnsWhereItWas) {
  const auto all = [&] {
    struct sigaction mine {};
    mine.sa_sigaction = end_by_address;
    mine.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &mine, nullptr);
    const CrashNotes notes(file_, kWords);
    const Tried tried{notes, Step::kTrial, candidate_, class_};
    const Trying here(&tried);
    nowhere = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile char*>(nowhere) = 1;
  };
  EXPECT_EXIT(all(), testing::ExitedWithCode(42), "");
  EXPECT_EQ(noted().size(), 1u);
}

}  // namespace
}  // namespace equivolve::engine
