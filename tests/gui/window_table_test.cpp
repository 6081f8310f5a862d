// The tables of runs and of candidates: filter, order, search, refresh, copies.
#include <QApplication>
#include <QSignalSpy>

#include <fstream>
#include <string>

#include "tests/gui/window_support.hpp"

namespace equivolve::tests {
namespace {

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

}  // namespace
}  // namespace equivolve::tests
