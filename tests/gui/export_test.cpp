// equivolve-dashboard --export against SQL, and the chart's other ways out.
#include <QImage>

#include <gmock/gmock.h>

#include "gui/charts/chart.hpp"
#include "gui/models/series.hpp"
#include "tests/gui/gui_support.hpp"
#include "tests/gui/pictures.hpp"

namespace equivolve::tests {
namespace {

class Export : public StoreTest {
 protected:
  Finished dashboard(std::vector<std::string> words) {
    words.insert(words.begin(), EQUIVOLVE_DASHBOARD);
    return run_process(words);
  }
  static std::string slurp(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  /// Rows of one series, as x,y,low,high.
  static std::vector<std::string> rows(const std::filesystem::path& csv,
                                       const std::string& series) {
    std::ifstream in(csv);
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);)
      if (line.starts_with(series + ",")) found.push_back(line.substr(series.size() + 1));
    return found;
  }
};

TEST_F(Export, WritesTheDocumentedChartsAndTheirNumbers) {
  make_run(file, 2000);
  const std::filesystem::path out = folder.path() / "charts";
  const Finished done = dashboard({"--export", out, "--run", "latest", file});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(out))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 4 * gui::chart_ids().size());
  for (const std::string& id : gui::chart_ids()) {
    const QImage picture(QString::fromStdString((out / (id + ".png")).string()));
    EXPECT_EQ(picture.size(), QSize(1800, 1120)) << id;
    EXPECT_GT(coloured_pixels(picture), 500) << id;
    EXPECT_TRUE(slurp(out / (id + ".svg")).find("</svg>") != std::string::npos) << id;
    EXPECT_TRUE(slurp(out / (id + ".pdf")).starts_with("%PDF-")) << id;
    EXPECT_TRUE(slurp(out / (id + ".csv")).starts_with("series,x,y,low,high\n")) << id;
  }
  std::vector<std::string> cloud = query(
      file, "SELECT ticket || ',' || fitness FROM candidates WHERE status = 'ok' ORDER BY ticket");
  const auto exported = rows(out / "density.csv", "candidates");
  ASSERT_EQ(exported.size(), cloud.size());
  for (std::size_t i = 0; i < cloud.size(); ++i) {
    const auto comma = cloud[i].find(',');
    EXPECT_EQ(exported[i].substr(0, comma), cloud[i].substr(0, comma));
    EXPECT_NEAR(std::stod(exported[i].substr(comma + 1)), std::stod(cloud[i].substr(comma + 1)),
                1e-14);
  }
  double trials = 0;
  for (const std::string& row : rows(out / "trial_times.csv", "trials"))
    trials += std::stod(row.substr(1));
  EXPECT_EQ(
      trials,
      std::stod(
          query(file, "SELECT count(*) FROM evaluations WHERE kind = 'search' AND seconds > 0")
              .at(0)));
  const auto summary = answer(equivolve({"show", "1", "--store", file, "--json"}));
  const auto found = rows(out / "references.csv", "confirmed,found");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(std::stod(found[0]), summary["best"]["confirmed_interval"]["mean"].get<double>());
}

TEST_F(Export, ARunWithoutCandidatesHasEmptyCharts) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const std::filesystem::path out = folder.path() / "charts";
  EXPECT_EQ(dashboard({"--export", out, file}).exit_code, 0);
  EXPECT_EQ(slurp(out / "best.csv"), "series,x,y,low,high\n");
}

TEST_F(Export, SaysWhatIsWrong) {
  EXPECT_THAT(dashboard({"--export", folder.path() / "c", file}).err,
              testing::HasSubstr("no such file"));
  make_run(file, 50);
  const Finished no_run = dashboard({"--export", folder.path() / "c", "--run", "9", file});
  EXPECT_EQ(no_run.exit_code, 3);
  EXPECT_THAT(no_run.err, testing::HasSubstr("no run \"9\""));
  EXPECT_THAT(dashboard({"--export", "/proc/none", file}).err, testing::HasSubstr("/proc/none"));
  EXPECT_EQ(dashboard({"--export", "/proc/none", file}).exit_code, 3);
  EXPECT_EQ(dashboard({"--export", folder.path() / "c", folder.path() / "none.db"}).exit_code, 3);
  EXPECT_EQ(dashboard({"a.db", "b.db"}).exit_code, 2);
  EXPECT_EQ(dashboard({"--exprt", "c", file}).exit_code, 2);
  EXPECT_EQ(dashboard({"--export"}).exit_code, 2);
  EXPECT_EQ(dashboard({"--version"}).exit_code, 0);
}

// A person's own file is as it was, and nothing has been written beside it.
TEST_F(Export, WritesOverNoFileThatIsNoEarlierExport) {
  make_run(file, 50);
  for (const char* name : {"shares.svg", "best.csv"}) {
    const std::filesystem::path out = folder.path() / (std::string("mine-") + name);
    std::filesystem::create_directories(out);
    write_file(out / name, "x,y\n1,2\n");
    const Finished refused = dashboard({"--export", out, file});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, testing::EndsWith("equivolve-dashboard: " + (out / name).string() +
                                               " is there and is no earlier export; --force "
                                               "writes over it\n"));
    EXPECT_EQ(slurp(out / name), "x,y\n1,2\n");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(out), {}), 1);
    EXPECT_EQ(dashboard({"--export", out, "--force", file}).exit_code, 0);
    EXPECT_NE(slurp(out / name), "x,y\n1,2\n");
    const std::string first = slurp(out / "best.csv");
    EXPECT_EQ(dashboard({"--export", out, file}).exit_code, 0) << "an earlier export";
    EXPECT_EQ(slurp(out / "best.csv"), first);
  }
}

TEST_F(Export, TheHelpNamesTheExitCodes) {
  const Finished help = dashboard({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, testing::HasSubstr("Exit codes: 0 "));
}

TEST_F(Export, WithoutADisplayItSaysSo) {
  const Finished none = run_process({"/usr/bin/env", "-u", "QT_QPA_PLATFORM", "-u", "DISPLAY", "-u",
                                     "WAYLAND_DISPLAY", EQUIVOLVE_DASHBOARD, file});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, testing::HasSubstr("no display"));
}

// A point cloud drawn as such loses nearly all of its points; a density map shows them.
TEST(ChartPictures, AMillionPointsAreSeen) {
  gui::ChartData data;
  data.id = "density";
  auto cloud = std::make_shared<gui::ChartData::Cloud>();
  for (int i = 0; i < 1'000'000; ++i) {
    cloud->x.push_back(i);
    cloud->y.push_back(std::fmod(i * 0.6180339887, 1.0));
  }
  data.cloud = cloud;
  gui::Chart chart;
  chart.resize(800, 500);
  chart.show();
  chart.set_chart(data);
  QTest::qWait(50);
  const QRect area = chart.axisRect()->rect();
  EXPECT_GT(area.width(), 600);
  const int share =
      100 * coloured_pixels(chart.grab(area).toImage()) / (area.width() * area.height());
  EXPECT_GT(share, 80);  // all but the margins
  EXPECT_TRUE(chart.value_at(area.center()).contains("candidates near"));
}

// Only the dashboard needs Qt, and only it comes under the licence of QCustomPlot.
TEST(Licence, TheProgramItselfNeedsNoQt) {
  const Finished linked = run_process({"/usr/bin/readelf", "-d", equivolve_command({}).front()});
  ASSERT_EQ(linked.exit_code, 0) << linked.err;
  EXPECT_THAT(linked.out, testing::HasSubstr("NEEDED"));
  EXPECT_THAT(linked.out, testing::Not(testing::HasSubstr("Qt6")));
  EXPECT_THAT(linked.out, testing::Not(testing::HasSubstr("qcustomplot")));
}

TEST(ChartPictures, ANameThatSaysNoFormatIsRefused) {
  gui::Chart chart;
  EXPECT_TRUE(chart.save("/tmp/x.bmp").contains("must end in"));
}

}  // namespace
}  // namespace equivolve::tests
