// Charts: zoom, values, what they compare, and as files.
#include <QFileDialog>
#include <QRegularExpression>
#include <QToolTip>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/gui/pictures.hpp"
#include "tests/gui/window_support.hpp"

namespace equivolve::tests {
namespace {

using gui::Chart;
using gui::MainWindow;

TEST_F(Window, AChartZoomsAndEscapeGoesBackStepByStep) {
  make_run(file, 1000);
  open(1000);
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  Chart* density = chart("density");
  density->setFocus();
  const QCPRange whole = density->xAxis->range();
  const QRect area = density->axisRect()->rect();
  QTest::mousePress(density, Qt::LeftButton, {},
                    area.topLeft() + QPoint(area.width() / 4, area.height() / 4));
  QTest::mouseMove(density, area.center());
  QTest::mouseRelease(density, Qt::LeftButton, {}, area.center());
  ASSERT_TRUE(density->is_zoomed());
  const QCPRange once = density->xAxis->range();
  EXPECT_NEAR(once.size(), whole.size() / 4, whole.size() / 50);
  press(Qt::Key_Plus);
  EXPECT_LT(density->xAxis->range().size(), once.size());
  press(Qt::Key_Escape);
  EXPECT_EQ(density->xAxis->range(), once);
  press(Qt::Key_Escape);
  EXPECT_FALSE(density->is_zoomed());
  EXPECT_EQ(density->xAxis->range(), whole);
  press(Qt::Key_Escape);
  EXPECT_EQ(window->page(), MainWindow::kRuns);
}

TEST_F(Window, SaysValuesEverywhereInEveryChart) {
  make_run(file, 2000);
  open(2000);
  std::vector<Chart*> charts = window->runs_page().charts();
  ASSERT_TRUE(comes_true([&] { return !charts[0]->chart().is_empty(); }));
  window->show_page(MainWindow::kOverview);
  settle();
  const auto& overview = window->overview_page().charts();
  charts.insert(charts.end(), overview.begin(), overview.end());
  ASSERT_EQ(charts.size(), 8u);
  for (Chart* made : charts) {
    const QRect area = made->axisRect()->rect();
    int said = 0;
    for (int x = area.left() + 2; x < area.right(); x += 4)
      for (int y = area.top() + 2; y < area.bottom(); y += 4)
        said += made->value_at(QPointF(x, y)).contains(QRegularExpression("[0-9]")) ? 1 : 0;
    EXPECT_GT(said, 20) << made->chart().id;
    EXPECT_EQ(made->value_at(QPointF(1, 1)), "") << made->chart().id;
  }
  // The same by key.
  chart("density")->setFocus();
  press(Qt::Key_Period, Qt::ControlModifier);
  EXPECT_TRUE(QToolTip::text().contains("candidates near")) << QToolTip::text().toStdString();
}

TEST_F(Window, ComparesSelectedRuns) {
  make_run(file, 1000);
  make_run(file, 1000, {"--seeds", "2"});
  open(1000);
  window->runs_page().view()->expandAll();
  window->runs_page().view()->selectAll();
  Chart* curves = window->runs_page().charts()[0];
  ASSERT_TRUE(comes_true([&] {
    return curves->chart().lines.size() == 3 &&
           std::ranges::none_of(curves->chart().lines, [](auto& line) { return line.x.empty(); });
  }));
  EXPECT_EQ(window->runs_page().charts()[1]->chart().intervals.at(0).rows.size(), 3u);
  EXPECT_GT(coloured_pixels(curves->grab().toImage()), 200);
  shot("runs-compared");
}

TEST_F(Window, SavesTheChartThatHasTheFocusInEachForm) {
  make_run(file, 300);
  open(300);
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  chart("shares")->setFocus();
  for (const char* suffix : {".png", ".svg", ".pdf", ".csv"}) {
    press(Qt::Key_S, Qt::ControlModifier);
    auto* dialog = window->findChild<QFileDialog*>();
    ASSERT_NE(dialog, nullptr);
    const std::filesystem::path saved = folder.path() / (std::string("shares") + suffix);
    Q_EMIT dialog->fileSelected(QString::fromStdString(saved.string()));
    delete dialog;
    ASSERT_TRUE(std::filesystem::exists(saved));
    EXPECT_GT(std::filesystem::file_size(saved), 500u) << suffix;
    chart("shares")->setFocus();
  }
  std::ifstream csv(folder.path() / "shares.csv");
  const std::string text(std::istreambuf_iterator<char>(csv), {});
  EXPECT_EQ(text, to_csv(chart("shares")->chart()));
}

}  // namespace
}  // namespace equivolve::tests
