// The window, by clicks and keys.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QHeaderView>
#include <QMessageBox>
#include <QScrollBar>
#include <QSettings>

#include <gmock/gmock.h>

#include "gui/pages/main_window.hpp"
#include "tests/gui/gui_support.hpp"
#include "tests/gui/pictures.hpp"

namespace equivolve::tests {
namespace {

using gui::Chart;
using gui::MainWindow;

class Window : public StoreTest {
 protected:
  std::unique_ptr<MainWindow> window;

  void show() {
    window = std::make_unique<MainWindow>();
    window->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
  }
  void open(std::size_t candidates) {
    show();
    window->open(file);
    ASSERT_TRUE(comes_true([&] {
      return window->candidates().candidates().rows() == candidates &&
             !window->candidates().is_busy();
    })) << window->message().toStdString();
  }
  void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus != nullptr ? focus : window.get(), key, modifiers);
  }
  void settle() {
    ASSERT_TRUE(comes_true(
        [&] { return !window->candidates().is_busy() && !window->overview_page().is_busy(); }));
    QTest::qWait(20);  // queued replots
  }
  /// The window as it is, kept for people.
  QImage shot(const std::string& name) {
    QTest::qWait(50);
    const QImage picture = window->grab().toImage();
    const std::filesystem::path pictures = std::string(EQUIVOLVE_BINARY_DIR) + "/screenshots";
    std::filesystem::create_directories(pictures);
    EXPECT_TRUE(picture.save(QString::fromStdString((pictures / (name + ".png")).string())));
    return picture;
  }
  Chart* chart(const char* id) { return window->overview_page().findChild<Chart*>(id); }
  QTableView* table() { return window->candidates_page().view(); }
};

TEST_F(Window, ShowsTheLatestRunOnEachPage) {
  make_run(file, 3000);
  make_run(file, 3000, {"--seeds", "2"});
  const Finished ran =
      equivolve({"run", std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/quickstart.yaml", "--store",
                 file, "--quiet", "--set", "budget.candidates=20000"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  open(20'000);
  EXPECT_GT(coloured_pixels(shot("runs")), 500);  // bars and intervals
  press(Qt::Key_2, Qt::ControlModifier);
  EXPECT_EQ(window->page(), MainWindow::kOverview);
  settle();
  for (const Chart* made : window->overview_page().charts()) {
    EXPECT_FALSE(made->chart().is_empty()) << made->chart().id;
    EXPECT_GT(coloured_pixels(const_cast<Chart*>(made)->grab().toImage()), 60) << made->chart().id;
  }
  shot("overview");
  press(Qt::Key_3, Qt::ControlModifier);
  EXPECT_EQ(window->page(), MainWindow::kCandidates);
  table()->selectRow(17'000);
  EXPECT_GT(coloured_pixels(shot("candidates")), 2000);
  press(Qt::Key_Return);
  EXPECT_EQ(window->page(), MainWindow::kCandidate);
  ASSERT_TRUE(comes_true([&] { return window->candidate_page().details() != nullptr; }));
  EXPECT_EQ(window->candidate_page().details()->ticket, 17'000u);
  const QString genome = window->candidate_page().findChild<QTextBrowser*>("genome")->toPlainText();
  EXPECT_TRUE(genome.contains("predict:")) << genome.toStdString();
  EXPECT_GT(coloured_pixels(shot("candidate")), 500);
}

TEST_F(Window, BackAndForwardKeepTheSelection) {
  make_run(file, 500);
  open(500);
  press(Qt::Key_3, Qt::ControlModifier);
  table()->selectRow(7);
  press(Qt::Key_Return);
  press(Qt::Key_Left, Qt::AltModifier);
  EXPECT_EQ(window->page(), MainWindow::kCandidates);
  EXPECT_EQ(table()->currentIndex().row(), 7);
  press(Qt::Key_Left, Qt::AltModifier);
  EXPECT_EQ(window->page(), MainWindow::kRuns);
  press(Qt::Key_Right, Qt::AltModifier);
  press(Qt::Key_Right, Qt::AltModifier);
  EXPECT_EQ(window->page(), MainWindow::kCandidate);
  press(Qt::Key_Escape);
  EXPECT_EQ(window->page(), MainWindow::kCandidates);
}

TEST_F(Window, TheFilterHoldsOnAllPages) {
  make_run(file, 1000);
  open(1000);
  press(Qt::Key_3, Qt::ControlModifier);
  press(Qt::Key_F, Qt::ControlModifier);
  QTest::keyClicks(QApplication::focusWidget(), "duplicate");
  settle();
  const int duplicates = std::stoi(query(file, "SELECT count(*) FROM candidates WHERE hit").at(0));
  EXPECT_EQ(table()->model()->rowCount(), duplicates);
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  EXPECT_EQ(
      chart("density")->chart().cloud->x.size(),
      std::stoul(query(file, "SELECT count(*) FROM candidates WHERE hit AND status = 'ok'").at(0)));
  QTest::keyClicks(window->findChild<QLineEdit*>("filter"), " and sconds");
  settle();
  EXPECT_EQ(table()->model()->rowCount(), duplicates);  // nothing new until it means something
  EXPECT_TRUE(
      window->findChild<QLineEdit*>("filter")->toolTip().contains("did you mean 'seconds'"));
}

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

TEST_F(Window, ARefreshKeepsSelectionScrollZoomAndFilter) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (auto& record : make_records(0, 2000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  open(2000);
  press(Qt::Key_2, Qt::ControlModifier);
  window->set_filter("duplicate");
  settle();
  chart("best")->setFocus();
  press(Qt::Key_Plus);
  const QCPRange zoom = chart("best")->xAxis->range();
  press(Qt::Key_3, Qt::ControlModifier);
  table()->sortByColumn(gui::kFirstFigureColumn, Qt::DescendingOrder);
  settle();
  table()->selectRow(500);
  const std::uint32_t ticket = window->candidates().ticket(500);
  for (auto& record : make_records(2000, 4000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  ASSERT_TRUE(comes_true([&] { return window->candidates().candidates().rows() == 6000; }));
  settle();
  EXPECT_EQ(table()->model()->rowCount(), 3000);
  EXPECT_EQ(window->candidates().ticket(table()->currentIndex().row()), ticket);
  EXPECT_TRUE(table()->selectionModel()->isRowSelected(table()->currentIndex().row()));
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  EXPECT_EQ(chart("best")->xAxis->range(), zoom);
  ASSERT_TRUE(writer->finish_run());
}

TEST_F(Window, TheHelpListsEveryAction) {
  show();
  const QString help = window->help_text();
  for (const QAction* action : window->actions()) {
    ASSERT_FALSE(action->shortcuts().isEmpty()) << action->text().toStdString();
    EXPECT_TRUE(help.contains(action->shortcuts().first().toString().toHtmlEscaped()))
        << action->text().toStdString();
  }
  press(Qt::Key_Question);
  EXPECT_TRUE(comes_true([&] { return window->findChild<QMessageBox*>() != nullptr; }));
}

TEST_F(Window, CopiesRowsAndSavesTheTable) {
  make_run(file, 300);
  open(300);
  press(Qt::Key_3, Qt::ControlModifier);
  table()->setColumnHidden(gui::kLevelColumn, true);
  table()->selectRow(3);
  const QStringList copied =
      window->candidates_page().selected_text().split('\n', Qt::SkipEmptyParts);
  ASSERT_EQ(copied.size(), 2);
  EXPECT_TRUE(copied[0].startsWith("ticket\tbirth\tclass\tstatus\tbehaviour\tseconds"));
  EXPECT_TRUE(copied[1].startsWith("3\t"));
  const std::string csv = folder.path() / "t.csv", lines = folder.path() / "t.jsonl";
  ASSERT_EQ(window->candidates_page().save(QString::fromStdString(csv)), "");
  ASSERT_EQ(window->candidates_page().save(QString::fromStdString(lines)), "");
  std::ifstream in(csv), json(lines);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const auto expected =
      query(file, "SELECT ticket || ',' || birth || ',' || class FROM candidates ORDER BY ticket");
  for (const std::string& row : expected) {
    ASSERT_TRUE(std::getline(in, line));
    EXPECT_TRUE(line.starts_with(row + ",")) << line;
    ASSERT_TRUE(std::getline(json, line));
    EXPECT_EQ(nlohmann::json::parse(line)["ticket"].get<int>(), std::stoi(row));
  }
}

TEST_F(Window, SaysWhatIsWrongWithAStoreAndGoesOn) {
  write_file(file, "");
  show();
  window->open(file);
  ASSERT_TRUE(comes_true([&] { return window->message().contains("empty"); }))
      << window->message().toStdString();
  shot("trouble");
  std::filesystem::remove(file);
  make_run(file, 100);
  ASSERT_TRUE(comes_true([&] { return window->candidates().candidates().rows() == 100; }));
  EXPECT_EQ(window->message(), "");
  std::filesystem::remove(file);
  ASSERT_TRUE(comes_true([&] { return window->message().contains("gone"); }));
  EXPECT_EQ(window->candidates().candidates().rows(), 100u);  // what was read stays
}

TEST_F(Window, IsDarkWhereTheSystemIs) {
  make_run(file, 500);
  open(500);
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  const QPalette light = QApplication::palette();
  QPalette dark(QColor(50, 50, 50), QColor(30, 30, 30));
  dark.setColor(QPalette::Base, QColor(25, 25, 25));
  dark.setColor(QPalette::Text, Qt::white);
  QApplication::setPalette(dark);
  settle();
  const QImage picture = chart("shares")->grab().toImage();
  EXPECT_LT(QColor(picture.pixel(2, 2)).lightness(), 60);
  EXPECT_GT(coloured_pixels(picture), 1000);
  shot("overview-dark");
  QApplication::setPalette(light);
}

TEST_F(Window, RemembersItsSize) {
  show();
  window->resize(901, 677);
  window->close();
  show();
  EXPECT_EQ(window->size(), QSize(901, 677));
  QSettings().clear();
}

}  // namespace
}  // namespace equivolve::tests
