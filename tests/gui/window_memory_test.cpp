// What the window remembers from one time to the next.
#include <QHeaderView>
#include <QMenu>
#include <QSplitter>

#include <filesystem>

#include "tests/gui/window_support.hpp"

namespace equivolve::tests {
namespace {

using gui::MainWindow;

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
