#include "engine/cli/console.hpp"

#include <gtest/gtest.h>

namespace equivolve::cli {
namespace {

engine::ProgressReport report(std::uint64_t told, double seconds) {
  engine::ProgressReport r;
  r.live.told = told;
  r.live.hits = told / 4;
  r.live.best = 0.9715;
  r.seconds = seconds;
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
