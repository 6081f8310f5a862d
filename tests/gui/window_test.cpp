// The window, by clicks and keys.
#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QFileDialog>
#include <QHeaderView>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QSplitter>
#include <QStandardPaths>
#include <QTableWidget>
#include <QToolBar>
#include <QToolTip>

#include <gmock/gmock.h>

#include "gui/pages/main_window.hpp"
#include "tests/gui/graph_store.hpp"
#include "tests/gui/gui_support.hpp"
#include "tests/gui/pictures.hpp"

namespace equivolve::tests {
namespace {

using gui::Chart;
using gui::MainWindow;

class Window : public StoreTest {
 protected:
  std::unique_ptr<MainWindow> window;

  void SetUp() override { QSettings().clear(); }

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
  void wait_for_details(int ticket) {
    ASSERT_TRUE(comes_true([&] {
      return window->candidate_page().details() != nullptr &&
             static_cast<int>(window->candidate_page().details()->ticket) == ticket;
    }));
  }
  /// Dialogs, menus.
  void close_others() {
    for (QWidget* widget : QApplication::topLevelWidgets())
      if (widget != window.get() && widget->isVisible()) widget->close();
    window->activateWindow();
    EXPECT_TRUE(!window->isVisible() || QTest::qWaitForWindowActive(window.get()));
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
  table()->verticalScrollBar()->setValue(480);
  const std::uint32_t ticket = window->candidates().ticket(500);
  for (auto& record : make_records(2000, 4000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  ASSERT_TRUE(comes_true([&] { return window->candidates().candidates().rows() == 6000; }));
  settle();
  EXPECT_EQ(table()->model()->rowCount(), 3000);
  EXPECT_EQ(window->candidates().ticket(table()->currentIndex().row()), ticket);
  EXPECT_TRUE(table()->selectionModel()->isRowSelected(table()->currentIndex().row()));
  EXPECT_EQ(table()->verticalScrollBar()->value(), 480);
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  EXPECT_EQ(chart("best")->xAxis->range(), zoom);
  ASSERT_TRUE(writer->finish_run());
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

TEST_F(Window, RemembersTheColumnsThatWereChosen) {
  make_run(file, 100);
  open(100);
  window->show_page(MainWindow::kCandidates);
  press(Qt::Key_K, Qt::ControlModifier);
  auto* menu = window->candidates_page().findChild<QMenu*>();
  ASSERT_NE(menu, nullptr);
  ASSERT_EQ(menu->actions().size(), window->candidates().columnCount());
  menu->actions()[gui::kLevelColumn]->trigger();
  EXPECT_TRUE(table()->isColumnHidden(gui::kLevelColumn));
  menu->close();
  window->close();
  open(100);
  EXPECT_TRUE(table()->isColumnHidden(gui::kLevelColumn));
  EXPECT_FALSE(table()->isColumnHidden(gui::kStatusColumn));
  window->candidates_page().choose_columns();
  menu = window->candidates_page().findChild<QMenu*>();
  menu->actions()[gui::kLevelColumn]->trigger();
  EXPECT_FALSE(table()->isColumnHidden(gui::kLevelColumn));
}

TEST_F(Window, RemembersWidthsAndOrderOfColumnsByName) {
  make_run(file, 100);
  open(100);
  QHeaderView* head = table()->horizontalHeader();
  table()->setColumnWidth(gui::kSecondsColumn, 177);
  head->moveSection(head->visualIndex(gui::kFirstFigureColumn), 1);
  window->close();
  open(100);
  head = table()->horizontalHeader();
  EXPECT_EQ(table()->columnWidth(gui::kSecondsColumn), 177);
  EXPECT_EQ(head->visualIndex(gui::kFirstFigureColumn), 1);
  EXPECT_EQ(head->visualIndex(gui::kTicketColumn), 0);
  EXPECT_EQ(head->visualIndex(gui::kBirthColumn), 2);
  // A run of other figures has its own beside the common ones.
  std::filesystem::remove(file);
  write_finished_run(file, 40);
  open(40);
  EXPECT_EQ(table()->columnWidth(gui::kSecondsColumn), 177);
  EXPECT_FALSE(window->candidates_page().selected_text().isEmpty());
}

TEST_F(Window, SortsByTheCurrentColumnFromTheKeyboard) {
  make_run(file, 300);
  open(300);
  press(Qt::Key_3, Qt::ControlModifier);
  table()->setCurrentIndex(window->candidates().index(0, gui::kFirstFigureColumn));
  for (const char* order : {"ASC", "DESC"}) {
    press(Qt::Key_D, Qt::ControlModifier);
    settle();
    const auto expected =
        query(file, "SELECT ticket FROM candidates WHERE fitness IS NOT NULL ORDER BY fitness " +
                        std::string(order) + ", ticket LIMIT 50");
    for (int row = 0; row < 50; ++row)
      EXPECT_EQ(std::to_string(window->candidates().ticket(row)),
                expected[static_cast<std::size_t>(row)]);
  }
}

TEST_F(Window, SearchesRunsAndFoldsGroups) {
  make_run(file, 100);
  make_run(file, 100, {"--seeds", "2", "--set", "name=sweep"});
  open(100);
  QTreeView* runs = window->runs_page().view();
  const QAbstractItemModel* rows = runs->model();
  ASSERT_EQ(rows->rowCount(), 2);
  const QModelIndex group = rows->index(1, 0);
  runs->collapse(group);
  EXPECT_FALSE(runs->isExpanded(group));
  runs->setCurrentIndex(group);
  runs->setFocus();
  press(Qt::Key_Right);
  EXPECT_TRUE(runs->isExpanded(group));
  press(Qt::Key_R, Qt::ControlModifier);
  QTest::keyClicks(QApplication::focusWidget(), "SWEEP");
  EXPECT_EQ(rows->rowCount(), 1);
  EXPECT_EQ(rows->rowCount(rows->index(0, 0)), 2);
  press(Qt::Key_A, Qt::ControlModifier);
  QTest::keyClicks(QApplication::focusWidget(), "nothing of that name");
  EXPECT_EQ(rows->rowCount(), 0);
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

// Vertices, dead ones dimmed; members drawn beside it; artefacts by their media types.
TEST_F(Window, DrawsGraphGenomesAndShowsArtefacts) {
  write_graph_run(file, {{"table.csv", "text/csv", "a,b\n1,\"x, y\"\n"},
                         {"chart.svg", "image/svg+xml",
                          "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'>"
                          "<rect width='40' height='30' fill='red'/></svg>"},
                         {"broken.png", "image/png", "no picture"},
                         {"model.py", "text/x-python", "print('found')\n"}});
  open(40);
  window->choose_candidate(0);
  window->show_page(MainWindow::kCandidate);
  wait_for_details(0);
  const auto artefacts = window->candidate_page().findChildren<QWidget*>("artefact");
  ASSERT_EQ(artefacts.size(), 4);
  const auto* cells = window->candidate_page().findChild<QTableWidget*>("artefact");
  ASSERT_NE(cells, nullptr);
  EXPECT_EQ(cells->horizontalHeaderItem(1)->text(), "b");
  EXPECT_EQ(cells->item(0, 1)->text(), "x, y");
  const auto* picture = window->candidate_page().findChild<QScrollArea*>("artefact");
  ASSERT_NE(picture, nullptr);
  EXPECT_EQ(qobject_cast<QLabel*>(picture->widget())->pixmap().toImage().pixelColor(5, 5),
            QColor(Qt::red));
  EXPECT_EQ(window->candidate_page().findChildren<QPlainTextEdit*>("artefact").size(), 2);
  if (QStandardPaths::findExecutable("dot").isEmpty()) GTEST_SKIP() << "Graphviz is not installed";
  auto* graph = window->candidate_page().findChild<gui::GraphView*>("graph");
  ASSERT_TRUE(comes_true([&] { return graph->graph_layout().has_value(); }));
  const QImage drawn = graph->grab().toImage();
  EXPECT_GT(coloured_pixels(drawn), 300);
  QPoint conv, pool;
  for (int x = 0; x < drawn.width(); x += 2)
    for (int y = 0; y < drawn.height(); y += 2)
      if (const auto vertex = graph->vertex_at(QPointF(x, y))) {
        if (*vertex == 1) conv = QPoint(x, y);
        if (*vertex == 2) pool = QPoint(x, y);
      }
  ASSERT_FALSE(conv.isNull());
  ASSERT_FALSE(pool.isNull());
  EXPECT_GT(QColor(drawn.pixel(conv - QPoint(1, 3))).saturation(),
            QColor(drawn.pixel(pool - QPoint(1, 3))).saturation());
  shot("candidate-graph");
}

TEST_F(Window, SaysSoWhereNoGraphCanBeDrawn) {
  write_graph_run(file, {});
  open(40);
  const QByteArray path = qgetenv("PATH");
  qputenv("PATH", QByteArray::fromStdString(folder.path().string()));
  window->choose_candidate(3);
  window->show_page(MainWindow::kCandidate);
  wait_for_details(3);
  qputenv("PATH", path);
  auto* graph = window->candidate_page().findChild<gui::GraphView*>("graph");
  EXPECT_TRUE(graph->problem().contains("install Graphviz")) << graph->problem().toStdString();
  EXPECT_TRUE(window->candidate_page().findChild<QTextBrowser*>("genome")->toPlainText().contains(
      "1: conv3x3 <- 0"));
}

// Two trials that failed: one with the last words of its process, one that died without any.
TEST_F(Window, SaysWhyACandidateFailed) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (engine::Record& record : make_records(0, 8)) {
    if (auto* trial = std::get_if<engine::TrialRow>(&record);
        trial != nullptr && trial->subject < 4) {
      trial->status = engine::Status::kFailed;
      trial->reason = engine::Reason::kCrash;
      trial->message = "killed by signal 11 <SEGV>";
      if (trial->subject < 2) trial->log = "reading rows\nAssertion `n > 0' failed.\n";
      trial->figures.assign(trial->figures.size(), gui::kNothing);
    }
    if (auto* outcome = std::get_if<engine::OutcomeRow>(&record);
        outcome != nullptr && outcome->ticket < 4) {
      outcome->status = engine::Status::kFailed;
      outcome->reason = engine::Reason::kCrash;
    }
    writer->push(std::move(record));
  }
  ASSERT_TRUE(writer->flush());
  const auto tickets =
      query(file, "SELECT subject FROM evaluations WHERE status = 'failed' ORDER BY subject");
  ASSERT_EQ(tickets.size(), 2u);
  open(8);
  for (const std::string& ticket : tickets) {
    window->choose_candidate(static_cast<std::uint32_t>(std::stoul(ticket)));
    window->show_page(MainWindow::kCandidate);
    wait_for_details(std::stoi(ticket));
    const QString said = window->candidate_page().findChild<QTextBrowser*>("trials")->toPlainText();
    EXPECT_TRUE(said.contains("failed (crash)")) << said.toStdString();
    EXPECT_TRUE(said.contains("killed by signal 11 <SEGV>")) << said.toStdString();
    EXPECT_EQ(said.contains("Assertion `n > 0' failed."), std::stoi(ticket) < 2)
        << said.toStdString();
  }
  ASSERT_TRUE(writer->finish_run());
}

TEST_F(Window, FiguresOfTrialsHaveTheirSpread) {
  make_run(file, 1000);
  open(1000);
  // A class of several trials: its winner's, which the final stage repeated.
  const auto winner =
      answer(equivolve({"show", "1", "--store", file, "--json"}))["best"]["birth"].dump();
  const auto ticket =
      std::stoi(query(file, "SELECT ticket FROM candidates WHERE birth = " + winner).at(0));
  window->choose_candidate(static_cast<std::uint32_t>(ticket));
  window->show_page(MainWindow::kCandidate);
  wait_for_details(ticket);
  std::vector<double> values;
  for (const engine::TrialRow& trial : window->candidate_page().details()->trials)
    if (trial.status == engine::Status::kOk && trial.split == 0) values.push_back(trial.figures[0]);
  ASSERT_GT(values.size(), 1u);
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  const QString said = window->candidate_page().findChild<QTextBrowser*>("trials")->toPlainText();
  EXPECT_TRUE(said.contains("mean\nvalidation\n")) << said.toStdString();
  EXPECT_TRUE(said.contains(QString::number(mean, 'g', 6))) << mean << said.toStdString();
  EXPECT_TRUE(said.contains(QString::number(deviation, 'g', 6))) << deviation << said.toStdString();
}

TEST_F(Window, ASecondParentIsReachedByKey) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (engine::Record& record : make_records(0, 20)) {
    if (auto* genome = std::get_if<engine::GenomeRow>(&record);
        genome != nullptr && genome->birth == 10) {
      genome->parent = 3;
      genome->second_parent = 5;
    }
    writer->push(std::move(record));
  }
  ASSERT_TRUE(writer->flush());
  open(20);
  window->choose_candidate(10);
  window->show_page(MainWindow::kCandidate);
  wait_for_details(10);
  press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  wait_for_details(5);
  ASSERT_TRUE(writer->finish_run());
}

TEST_F(Window, ShowsAllMembersOfAClassSideBySide) {
  make_run(file, 1000);
  open(1000);
  const auto largest =
      query(file,
            "SELECT max(ticket), count(*) FROM candidates GROUP BY class ORDER BY 2 "
            "DESC LIMIT 1");
  const auto parts = QString::fromStdString(largest.at(0)).split('|');
  window->choose_candidate(parts[0].toUInt());
  window->show_page(MainWindow::kCandidate);
  wait_for_details(parts[0].toInt());
  const auto& members = window->candidate_page().details()->members;
  ASSERT_GT(members.size(), 1u);
  const QString text =
      window->candidate_page().findChild<QTextBrowser*>("members_text")->toPlainText();
  for (const auto& member : members)
    EXPECT_TRUE(text.contains(QString("ticket %1").arg(member.ticket)));
  EXPECT_EQ(text.count("predict:"), static_cast<int>(members.size()));
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

TEST_F(Window, AFileOfFewerCandidatesTakesThePlaceOfALargerOne) {
  make_run(file, 300);
  open(300);
  window->show_page(MainWindow::kCandidates);
  table()->selectRow(250);
  std::filesystem::remove(file);
  ASSERT_TRUE(comes_true([&] { return window->message().contains("gone"); }));
  make_run(file, 100);  // perhaps in a file of the same inode
  ASSERT_TRUE(comes_true([&] {
    return window->candidates().candidates().rows() == 100 && !window->candidates().is_busy();
  }));
  EXPECT_EQ(table()->model()->rowCount(), 100);
  EXPECT_EQ(window->message(), "");
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
  window->set_filter("duplicate");
  settle();
  const std::string csv = folder.path() / "t.csv", lines = folder.path() / "t.jsonl";
  for (const std::string& name : {csv, lines}) {
    QSignalSpy saved(&window->candidates_page(), &gui::CandidatesPage::saved);
    window->candidates_page().save(QString::fromStdString(name));
    ASSERT_TRUE(saved.wait());
    ASSERT_EQ(saved.at(0).at(0).toString(), "");
  }
  std::ifstream in(csv), json(lines);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const auto expected = query(
      file,
      "SELECT ticket || ',' || birth || ',' || class FROM candidates WHERE hit ORDER BY ticket");
  ASSERT_GT(expected.size(), 10u);
  for (const std::string& row : expected) {
    ASSERT_TRUE(std::getline(in, line));
    EXPECT_TRUE(line.starts_with(row + ",")) << line;
    ASSERT_TRUE(std::getline(json, line));
    EXPECT_EQ(nlohmann::json::parse(line)["ticket"].get<int>(), std::stoi(row));
  }
  EXPECT_FALSE(std::getline(in, line)) << line;
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

// A clear line for each, and every page can be shown and every key pressed all the same.
TEST_F(Window, NamesEachKindOfTroubleAndStaysUsable) {
  make_run(file, 50);
  std::ifstream in(file, std::ios::binary);
  const std::string good(std::istreambuf_iterator<char>(in), {});
  std::string newer = good, torn = good;
  newer[63] = 99;  // user_version
  torn.replace(4096, 40'960, 40'960, '\xA5');
  const std::map<std::string, std::pair<std::string, std::string>> bad = {
      {"empty", {"", "empty"}},
      {"cut", {good.substr(0, good.size() / 2), "cut off"}},
      {"newer", {newer, "99"}},
      {"torn", {torn, "damaged"}},
      {"other", {"id,weight\n1,2\n", "not a results file"}}};
  for (const auto& [name, content_and_words] : bad) {
    const std::filesystem::path path = folder.path() / (name + ".db");
    write_file(path, content_and_words.first);
    show();
    window->open(path);
    ASSERT_TRUE(comes_true([&] {
      return window->message().contains(QString::fromStdString(path.string()));
    })) << name
        << window->message().toStdString();
    EXPECT_TRUE(window->message().contains(QString::fromStdString(content_and_words.second)))
        << name << ": " << window->message().toStdString();
    EXPECT_FALSE(window->message().contains('\n'));
    for (const int page : {MainWindow::kOverview, MainWindow::kCandidates, MainWindow::kCandidate,
                           MainWindow::kRuns}) {
      window->show_page(page);
      for (const Qt::Key key : {Qt::Key_D, Qt::Key_E, Qt::Key_P, Qt::Key_T, Qt::Key_Down})
        press(key, Qt::ControlModifier);
    }
  }
  window->open(folder.path() / "nowhere.db");
  ASSERT_TRUE(comes_true([&] { return window->message().contains("no such file"); }));
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

TEST_F(Window, RemembersHowItsChartsAreDrawn) {
  make_run(file, 300);
  open(300);
  press(Qt::Key_2, Qt::ControlModifier);
  press(Qt::Key_T, Qt::ControlModifier);
  press(Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
  window->close();
  open(300);
  press(Qt::Key_2, Qt::ControlModifier);
  settle();
  ASSERT_TRUE(comes_true([&] { return !chart("best")->chart().lines.empty(); }));
  EXPECT_EQ(chart("best")->chart().x.label, "seconds of trials");
  EXPECT_FALSE(chart("best")->chart().x.log);
  EXPECT_TRUE(chart("best")->chart().y.log);
}

TEST_F(Window, RemembersItsSizeAndItsParts) {
  show();
  window->resize(901, 677);
  auto* parts = window->findChild<QSplitter*>("runs_and_charts");
  parts->setSizes({100, 400});
  const QList<int> sizes = parts->sizes();
  window->close();
  show();
  EXPECT_EQ(window->size(), QSize(901, 677));
  EXPECT_EQ(window->findChild<QSplitter*>("runs_and_charts")->sizes(), sizes);
}

}  // namespace
}  // namespace equivolve::tests
