// The window's pages, actions and keys.
#include <QAction>
#include <QApplication>
#include <QSignalSpy>
#include <QToolBar>

#include <string>

#include "tests/gui/pictures.hpp"
#include "tests/gui/window_support.hpp"

namespace equivolve::tests {
namespace {

using gui::Chart;
using gui::MainWindow;

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

TEST_F(Window, OpensAtTheRunThatIsAskedFor) {
  make_run(file, 100);
  make_run(file, 200, {"--set", "name=other"});
  show();
  window->open(file, "small");
  ASSERT_TRUE(comes_true([&] { return window->candidates().candidates().rows() == 100; }));
  EXPECT_EQ(window->page(), MainWindow::kOverview);
  window->open(file, "2");
  ASSERT_TRUE(comes_true([&] { return window->candidates().candidates().rows() == 200; }));
  window->open(file, "nobody");
  ASSERT_TRUE(comes_true([&] { return window->message().contains("no run \"nobody\""); }));
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

// Each action of the window is triggered by its first key, with the focus on a chart, and listed
// under `?`. Quitting comes last.
TEST_F(Window, EveryActionHasAKeyThatWorksAndIsListed) {
  make_run(file, 300);
  open(300);
  window->choose_candidate(7);
  const QString help = window->help_text();
  ASSERT_GT(window->actions().size(), 20);
  for (QAction* action : window->actions()) {
    const std::string name = action->text().toStdString();
    ASSERT_FALSE(action->shortcuts().isEmpty()) << name;
    for (const QKeySequence& key : action->shortcuts())
      EXPECT_TRUE(help.contains(key.toString().toHtmlEscaped())) << name;
    EXPECT_TRUE(help.contains(action->text().toHtmlEscaped())) << name;
    window->show_page(MainWindow::kOverview);
    window->overview_page().charts()[1]->setFocus();
    action->setEnabled(true);  // back and forward, which do nothing at an end
    QSignalSpy triggered(action, &QAction::triggered);
    QTest::keySequence(window.get(), action->shortcuts().first());
    EXPECT_EQ(triggered.count(), 1) << name;
    close_others();
  }
  EXPECT_FALSE(window->isVisible());  // it has quit
}

// No action of the window's own is out of reach of that test.
TEST_F(Window, HasNoActionsBesideThose) {
  make_run(file, 50);
  open(50);
  for (const QAction* action : window->findChildren<QAction*>()) {
    const bool of_qt = qobject_cast<QLineEdit*>(action->parent()) != nullptr ||  // its clear button
                       qobject_cast<QToolBar*>(action->parent()) != nullptr ||   // hides it
                       action->isSeparator();
    EXPECT_TRUE(of_qt || window->actions().contains(action)) << action->text().toStdString();
  }
}

TEST_F(Window, KeysDoWhatTheirActionsSay) {
  make_run(file, 1000);
  open(1000);
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  EXPECT_EQ(chart("best")->chart().x.label, "candidate");
  press(Qt::Key_T, Qt::ControlModifier);
  press(Qt::Key_L, Qt::ControlModifier);
  settle();
  EXPECT_EQ(chart("best")->chart().x.label, "seconds of trials");
  EXPECT_TRUE(chart("best")->chart().x.log);
  chart("best")->setFocus();
  press(Qt::Key_Right, Qt::ControlModifier);
  EXPECT_TRUE(chart("density")->hasFocus());
  press(Qt::Key_Left, Qt::ControlModifier);
  EXPECT_TRUE(chart("best")->hasFocus());
  // A duplicate, its parent, its class in the table.
  const int ticket = std::stoi(
      query(file, "SELECT ticket FROM candidates WHERE hit AND parent > 0 ORDER BY ticket DESC")
          .at(0));
  window->choose_candidate(static_cast<std::uint32_t>(ticket));
  window->show_page(MainWindow::kCandidate);
  wait_for_details(ticket);
  const auto cls = window->candidate_page().details()->cls;
  const auto* members = window->candidate_page().findChild<QListWidget*>("members");
  if (members->count() > 1) {
    press(Qt::Key_Down, Qt::ControlModifier);
    EXPECT_EQ(members->currentRow(), 1);
    press(Qt::Key_Up, Qt::ControlModifier);
    EXPECT_EQ(members->currentRow(), 0);
  }
  press(Qt::Key_E, Qt::ControlModifier);
  settle();
  EXPECT_EQ(window->page(), MainWindow::kCandidates);
  EXPECT_EQ(
      std::to_string(table()->model()->rowCount()),
      query(file, "SELECT count(*) FROM candidates WHERE class = " + std::to_string(cls)).at(0));
  window->set_filter("");
  settle();
  window->show_page(MainWindow::kCandidate);
  press(Qt::Key_P, Qt::ControlModifier);
  const std::string parent =
      query(file, "SELECT parent FROM candidates WHERE ticket = " + std::to_string(ticket)).at(0);
  ASSERT_TRUE(comes_true([&] {
    return window->candidate_page().details() != nullptr &&
           std::to_string(window->candidate_page().details()->birth) == parent;
  }));
}

// Every page, in both: the ground is light or dark, and what is on it is seen.
TEST_F(Window, IsLightOrDarkAsTheSystemIs) {
  make_run(file, 2000);
  open(2000);
  window->choose_candidate(1500);
  wait_for_details(1500);
  const QPalette light = QApplication::palette();
  QPalette dark(QColor(50, 50, 50), QColor(30, 30, 30));
  dark.setColor(QPalette::Base, QColor(25, 25, 25));
  dark.setColor(QPalette::Text, Qt::white);
  for (const bool is_dark : {false, true}) {
    QApplication::setPalette(is_dark ? dark : light);
    for (const int page : {MainWindow::kRuns, MainWindow::kOverview, MainWindow::kCandidates,
                           MainWindow::kCandidate}) {
      window->show_page(page);
      settle();
      const QImage picture =
          shot(std::string(is_dark ? "dark-" : "light-") + std::to_string(page + 1));
      const int ground = median_lightness(picture);
      EXPECT_TRUE(is_dark ? ground < 80 : ground > 180) << page << ": " << ground;
      EXPECT_GT(coloured_pixels(picture), 300) << page;
      EXPECT_GT(drawn_pixels(picture), 5000) << page;
    }
    const QImage shares = chart("shares")->grab().toImage();
    EXPECT_GT(coloured_pixels(shares), 1000);
  }
  QApplication::setPalette(light);
}

}  // namespace
}  // namespace equivolve::tests
