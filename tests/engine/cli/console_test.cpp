#include "engine/cli/console.hpp"

#include <gtest/gtest.h>

namespace equivolve::cli {
namespace {

engine::ProgressReport report(std::uint64_t told, double seconds) {
  engine::ProgressReport r;
  r.live.told = r.live.decided = told;
  r.live.hits = told / 4;
  r.live.best = 0.9715;
  r.seconds = r.session_seconds = seconds;
  return r;
}

TEST(Progress, ShowsRateBestShareAndTimeLeft) {
  engine::BudgetConfig budget;
  budget.candidates = 1000;
  const std::string line = progress_line(report(250, 10), budget, 200);
  EXPECT_NE(line.find("25 %"), std::string::npos) << line;
  EXPECT_NE(line.find("25/s"), std::string::npos) << line;
  EXPECT_NE(line.find("best 0.9715"), std::string::npos) << line;
  EXPECT_NE(line.find("known"), std::string::npos) << line;
  EXPECT_NE(line.find("30.0 s left"), std::string::npos) << line;
}

TEST(Progress, TheBoundThatIsNearestCounts) {
  engine::BudgetConfig budget;
  budget.candidates = 1'000'000;
  budget.time = std::chrono::seconds(20);
  EXPECT_NE(progress_line(report(250, 10), budget, 200).find("10.0 s left"), std::string::npos);
}

// 600 of 1,000 candidates told, 500 of them read back; 10 s in this session after 90 s before.
TEST(Progress, AfterAResumeTheBudgetIsSharedByAllSessionsAndTheRateIsThisOnes) {
  engine::ProgressReport resumed = report(600, 100);
  resumed.live.replayed = 500;
  resumed.session_seconds = 10;
  engine::BudgetConfig budget;
  budget.candidates = 1000;
  const std::string line = progress_line(resumed, budget, 200);
  EXPECT_NE(line.find(" 60 %"), std::string::npos) << line;
  EXPECT_NE(line.find(" 10/s"), std::string::npos) << line;
  EXPECT_NE(line.find("40.0 s left"), std::string::npos) << line;

  engine::BudgetConfig timed;
  timed.time = std::chrono::seconds(125);
  const std::string of_time = progress_line(resumed, timed, 200);
  EXPECT_NE(of_time.find(" 80 %"), std::string::npos) << of_time;
  EXPECT_NE(of_time.find("25.0 s left"), std::string::npos) << of_time;

  engine::BudgetConfig evaluations;
  evaluations.evaluations = 400;
  resumed.live.evaluations = 300;  // half of what is told, so 5 a second
  const std::string of_evaluations = progress_line(resumed, evaluations, 200);
  EXPECT_NE(of_evaluations.find(" 75 %"), std::string::npos) << of_evaluations;
  EXPECT_NE(of_evaluations.find("20.0 s left"), std::string::npos) << of_evaluations;
}

TEST(Progress, WhileItRepeatsWhatIsStoredThereIsNoRateAndNoEnd) {
  engine::ProgressReport replaying = report(500, 90.1);
  replaying.live.replayed = 500;
  replaying.session_seconds = 0.1;
  engine::BudgetConfig budget;
  budget.candidates = 1000;
  const std::string line = progress_line(replaying, budget, 200);
  EXPECT_NE(line.find(" 0/s"), std::string::npos) << line;
  EXPECT_EQ(line.find("left"), std::string::npos) << line;
}

TEST(Progress, FitsTheTerminal) {
  engine::BudgetConfig budget;
  budget.candidates = 1000;
  EXPECT_LT(progress_line(report(250, 10), budget, 40).size(), 40u);
}

TEST(Progress, DurationsAreReadable) {
  EXPECT_EQ(duration_text(3.21), "3.2 s");
  EXPECT_EQ(duration_text(250), "4 min 10 s");
  EXPECT_EQ(duration_text(7500), "2 h 5 min");
}

}  // namespace
}  // namespace equivolve::cli
