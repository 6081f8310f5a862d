// R1: SIGINT and SIGTERM at random moments: what is in flight is finished, everything is committed,
// exit 130 or 143, the last line says how to go on; the resumed run ends as an undisturbed one.
#include <signal.h>

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include "hashing/stream.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

#ifdef EQUIVOLVE_SANITIZED
constexpr int kRounds = 12;
#else
constexpr int kRounds = 200;
#endif

using Clock = std::chrono::steady_clock;

/// A configuration whose run lasts several commits on this machine: events come with their commit,
/// and a run of one is over before the first event is read.
struct LongEnough {
  std::filesystem::path yaml;
  std::uint64_t candidates = 4000;
  nlohmann::json undisturbed;

  explicit LongEnough(const std::filesystem::path& folder) : yaml(folder / "small.yaml") {
    Clock::duration lasted{};
    while (lasted < std::chrono::milliseconds(200)) {
      candidates *= 2;
      write_file(yaml, small_yaml(candidates));
      const std::string store = folder / ("plain" + std::to_string(candidates) + ".db");
      const auto begin = Clock::now();
      undisturbed = answer(equivolve({"run", yaml, "--store", store, "--json", "--quiet"}));
      lasted = Clock::now() - begin;
    }
  }
};

TEST(Signals, StopSaveAndGoOn) {
  TempFolder folder;
  const LongEnough plain(folder.path());
  hashing::Stream stream(5, hashing::Purpose::kTest, 0);
  int stopped = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string store = folder.path() / ("run" + std::to_string(round) + ".db");
    const int number = round % 2 == 0 ? SIGINT : SIGTERM;
    Child child(equivolve_command(
        {"run", plain.yaml, "--store", store, "--quiet", "--json", "--events", "3"}));
    // Within the first quarter: a reader that the machine keeps waiting finds it running still.
    for (std::uint64_t left = 1 + stream.below(plain.candidates / 4);
         left > 0 && child.next_event(); --left) {
    }
    child.signal(number);
    while (child.next_event()) {
    }
    const Finished done = child.wait();
    if (done.exit_code == 0) continue;  // it was faster
    ++stopped;
    ASSERT_EQ(done.exit_code, 128 + number) << done.err;
    EXPECT_NE(last_line(done.err).find("equivolve resume 1 --store"), std::string::npos)
        << done.err;
    EXPECT_EQ(answer(done)["status"], "stopped");
    ASSERT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0);
    const auto end = answer(equivolve({"resume", "1", "--store", store, "--json", "--quiet"}));
    ASSERT_EQ(end["result_digest"], plain.undisturbed["result_digest"]);
    ASSERT_EQ(end["best"], plain.undisturbed["best"]);
  }
  RecordProperty("stopped", stopped);
  EXPECT_GT(stopped, kRounds / 8) << "of " << kRounds;
}

/// A run whose trials never end by themselves, seen to have begun.
struct EndlessTrials {
  TempFolder folder;
  std::string store = folder.path() / "runs.db";
  std::unique_ptr<Child> child;

  EndlessTrials() {
    const auto yaml = folder.path() / "endless.yaml";
    write_file(yaml,
               "evaluator: unruly\noptions: {do: until_cancelled}\nspace: {operations: [no_op]}\n"
               "plugins: {folders: [" EQUIVOLVE_TEST_MODULES "/good]}\n");
    child = std::make_unique<Child>(
        equivolve_command({"run", yaml, "--store", store, "--quiet", "--events", "3"}));
    child->next_event();
  }
  Finished end() {
    while (child->next_event()) {
    }
    return child->wait();
  }
  void expect_sound_store() {
    const Finished verified = equivolve({"store", "verify", "--store", store});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  }
};

// Trials in flight get ten seconds, then they are cancelled and the run is left as it stands.
TEST(Signals, ATrialThatDoesNotEndIsCancelledAfterTheGrace) {
  EndlessTrials run;
  const auto begin = Clock::now();
  run.child->signal(SIGTERM);
  const Finished done = run.end();
  EXPECT_EQ(done.exit_code, 143) << done.err;
  EXPECT_GE(Clock::now() - begin, std::chrono::seconds(9));
  EXPECT_NE(last_line(done.err).find("equivolve resume 1"), std::string::npos) << done.err;
  run.expect_sound_store();
}

TEST(Signals, ASecondOneEndsTheProcessAtOnce) {
  EndlessTrials run;
  const auto begin = Clock::now();
  run.child->signal(SIGTERM);
  run.child->signal(SIGINT);  // another number: two of one kind may arrive as one
  const Finished done = run.end();
  EXPECT_TRUE(done.exit_code == 130 || done.exit_code == 143) << done.exit_code << done.err;
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(9)) << "it waited for the grace";
  run.expect_sound_store();
}

}  // namespace
}  // namespace equivolve::tests
