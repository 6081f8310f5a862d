// The charts' data against SQL.
#include "gui/models/series.hpp"

#include <gmock/gmock.h>

#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {
namespace {

using gui::ChartData;

class Series : public StoreTest {
 protected:
  void SetUp() override {
    make_run(file, 3000);
    auto session = gui::StoreSession::open(file);
    run = (*session)->runs()->at(0);
    data = read_all(file, 1);
  }
  std::vector<ChartData> charts(const std::string& filter = "", gui::ChartWishes wishes = {}) {
    const std::atomic<bool> cancelled = false;
    auto made = gui::run_charts(run, data, *gui::Filter::parse(filter, data.figure_rows()), wishes,
                                cancelled);
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  double sql(const std::string& text) { return std::stod(query(file, text).at(0)); }
  gui::RunRow run;
  gui::CandidateData data;
};

TEST_F(Series, AreTheDocumentedOnes) {
  std::vector<std::string> ids;
  for (const ChartData& chart : charts()) {
    ids.push_back(chart.id);
    EXPECT_FALSE(chart.is_empty()) << chart.id;
    EXPECT_FALSE(chart.title.empty());
    EXPECT_FALSE(chart.x.label.empty()) << chart.id;
  }
  EXPECT_EQ(ids, gui::chart_ids());
}

TEST_F(Series, BestSoFarIsThatOfTheResultsFilePage) {
  const std::string better = run.minimize ? "<" : ">", least = run.minimize ? "min" : "max";
  const auto rows = query(
      file,
      "SELECT ticket FROM (SELECT ticket, fitness, " + least +
          "(fitness) OVER (ORDER BY ticket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "
          "before "
          "FROM candidates WHERE run = 1 AND status = 'ok') WHERE before IS NULL OR fitness " +
          better + " before");
  const ChartData::Line best = charts()[0].lines[0];
  ASSERT_EQ(best.name, "best");
  ASSERT_GE(best.x.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(std::to_string(static_cast<int>(best.x[i])), rows[i]);
  EXPECT_NEAR(
      best.y.back(),
      sql("SELECT printf('%.17g', " + least + "(fitness)) FROM candidates WHERE status = 'ok'"),
      1e-14);
}

TEST_F(Series, CountEveryCandidateOnce) {
  const auto made = charts();
  EXPECT_EQ(static_cast<double>(made[1].cloud->x.size()),
            sql("SELECT count(fitness) FROM candidates WHERE status = 'ok'"));
  double trials = 0;
  for (const double count : made[4].histograms[0].counts) trials += count;
  EXPECT_EQ(trials, sql("SELECT count(*) FROM evaluations WHERE kind = 'search' AND seconds > 0"));
  const auto& parts = made[2].stack.parts;
  ASSERT_EQ(parts.size(), 3u);
  for (std::size_t i = 0; i < parts[0].x.size(); ++i)
    EXPECT_NEAR(parts[0].y[i] + parts[1].y[i] + parts[2].y[i], 1, 1e-12);
}

TEST_F(Series, SharesAndThroughputAreThoseOfTheirBins) {
  // 3,000 candidates in 150 bins, the last of which holds the last ticket as well.
  const auto rows = query(
      file,
      "SELECT min(149, CAST(c.ticket / (2999.0 / 150) AS INTEGER)) AS bin, "
      "avg(c.status != 'failed' AND NOT c.hit), avg(c.status != 'failed' AND c.hit), "
      "count(*) / sum(e.seconds) FROM candidates c LEFT JOIN evaluations e ON e.subject = c.ticket "
      "AND e.kind = 'search' GROUP BY bin ORDER BY bin");
  const auto made = charts();
  const auto& parts = made[2].stack.parts;
  const ChartData::Line& throughput = made[3].lines[0];
  ASSERT_EQ(rows.size(), 150u);
  ASSERT_EQ(parts[0].x.size(), 150u);
  std::size_t timed = 0;
  for (std::size_t bin = 0; bin < rows.size(); ++bin) {
    const QStringList row = QString::fromStdString(rows[bin]).split('|');
    EXPECT_NEAR(parts[0].x[bin], (static_cast<double>(bin) + 0.5) * 2999 / 150, 1e-9);
    EXPECT_NEAR(parts[0].y[bin], row[1].toDouble(), 1e-12) << bin;
    EXPECT_NEAR(parts[1].y[bin], row[2].toDouble(), 1e-12) << bin;
    if (row[3].isEmpty()) continue;  // nothing of it was evaluated
    EXPECT_EQ(throughput.x[timed], parts[0].x[bin]);
    EXPECT_NEAR(throughput.y[timed] / row[3].toDouble(), 1, 1e-9) << bin;
    ++timed;
  }
  EXPECT_EQ(throughput.x.size(), timed);
}

TEST_F(Series, TheFilterHoldsForAllOfThem) {
  const auto made = charts("duplicate");
  EXPECT_EQ(static_cast<double>(made[1].cloud->x.size()),
            sql("SELECT count(fitness) FROM candidates WHERE hit AND status = 'ok'"));
  EXPECT_TRUE(made[4].is_empty());
  for (const double share : made[2].stack.parts[1].y) EXPECT_EQ(share, 1);
  for (const ChartData& chart : charts("ticket < 0"))
    EXPECT_TRUE(chart.is_empty() || chart.id == "references") << chart.id;
}

TEST_F(Series, TimeIsTheSumOfTrials) {
  const auto made = charts("", {.over_seconds = true});
  EXPECT_NEAR(made[1].cloud->x.back(),
              sql("SELECT sum(seconds) FROM evaluations WHERE kind = 'search'"), 1e-9);
  EXPECT_TRUE(std::ranges::is_sorted(made[1].cloud->x));
}

TEST_F(Series, CancelledOnesAreNotMade) {
  const std::atomic<bool> cancelled = true;
  EXPECT_FALSE(gui::run_charts(run, data, gui::Filter(), {}, cancelled));
}

TEST(ChartCsv, HasOneFormForAllKinds) {
  ChartData chart;
  chart.lines = {{"a, b", {1, 2}, {0.1, gui::kNothing}, false}};
  chart.bands = {{"band", {1}, {-1}, {1}}};
  chart.histograms = {{"h", {0, 0.5, 1}, {3, 4}}};
  chart.intervals = {{"test", {"say \"x\""}, {1}, {gui::kNothing}, {2}}};
  EXPECT_EQ(
      to_csv(chart),
      "series,x,y,low,high\n\"a, b\",1,0.1,,\n\"a, b\",2,,,\nband,1,,-1,1\nh,,3,0,0.5\nh,,4,0.5,1\n"
      "test,\"say \"\"x\"\"\",1,,2\n");
}

}  // namespace
}  // namespace equivolve::tests
