// The table of candidates against the store's rows, while it is sorted, filtered and growing.
#include "gui/models/candidates_model.hpp"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {
namespace {

using gui::CandidatesModel;
using Tester = QAbstractItemModelTester;

class Candidates : public StoreTest {
 protected:
  CandidatesModel model;
  Tester tester{&model, Tester::FailureReportingMode::Fatal};

  void settle() {
    ASSERT_TRUE(comes_true([this] { return !model.is_busy(); }));
  }
  void filter(const std::string& text) {
    model.set_filter(*gui::Filter::parse(text, model.candidates().figure_rows()));
    settle();
  }
  std::vector<std::string> tickets(int most = 1'000'000) {
    std::vector<std::string> all;
    for (int row = 0; row < std::min(most, model.rowCount()); ++row)
      all.push_back(std::to_string(model.ticket(row)));
    return all;
  }
};

TEST_F(Candidates, HoldsWhatTheReaderReads) {
  const engine::RunId run = write_finished_run(file, 40'000);  // more than two chunks
  const gui::CandidateData data = read_all(file, run);
  std::size_t row = 0;
  const auto read = open_reader()->each_outcome(run, [&](const engine::OutcomeRow& outcome,
                                                         const engine::TrialRow* trial) {
    ASSERT_EQ(data.birth(row), outcome.birth);
    ASSERT_EQ(data.cls(row), outcome.cls);
    ASSERT_EQ(data.has(gui::kDuplicate, row), outcome.hit);
    ASSERT_EQ(data.figure(0, row), outcome.told[0]);
    ASSERT_EQ(data.figure(1, row), outcome.told[1]);
    ASSERT_TRUE(same(data.seconds(row), trial != nullptr ? trial->seconds : gui::kNothing));
    ASSERT_TRUE(same(data.figure(2, row), trial != nullptr ? trial->figures[2] : gui::kNothing));
    ++row;
  });
  ASSERT_TRUE(read);
  EXPECT_EQ(row, 40'000u);
  EXPECT_EQ(data.rows(), row);
}

TEST_F(Candidates, FiltersAndSortsAsSqlDoes) {
  make_run(file, 2000);
  model.set_data(read_all(file, 1));
  settle();
  EXPECT_EQ(model.rowCount(), 2000);
  const int figure = gui::kFirstFigureColumn;
  const std::string name = model.candidates().figure_rows()[0].name;
  model.sort(figure, Qt::DescendingOrder);
  filter(name + " < 0.9 and duplicate");
  EXPECT_EQ(tickets(), query(file,
                             "SELECT ticket FROM candidates WHERE fitness < 0.9 AND hit ORDER BY "
                             "fitness DESC, ticket"));
  filter("new");
  model.sort(gui::kTicketColumn, Qt::DescendingOrder);
  settle();
  EXPECT_EQ(tickets(),
            query(file, "SELECT ticket FROM candidates WHERE NOT hit ORDER BY ticket DESC"));
}

TEST_F(Candidates, RowsWithoutAValueComeLastInBothOrders) {
  write_finished_run(file, 100);
  model.set_data(read_all(file, 1));
  settle();
  for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
    model.sort(gui::kSecondsColumn, order);
    settle();
    EXPECT_TRUE(model.data(model.index(99, gui::kSecondsColumn)).toString().isEmpty());
    EXPECT_FALSE(model.data(model.index(0, gui::kSecondsColumn)).toString().isEmpty());
  }
}

// Bars lie between the least and the greatest value of the run; a pointer is told all digits.
TEST_F(Candidates, CellsHaveBarsAndWholeNumbers) {
  write_finished_run(file, 500);
  model.set_data(read_all(file, 1));
  settle();
  const int column = gui::kFirstFigureColumn;
  model.sort(column);
  settle();
  const auto bar = [&](int row) {
    return model.data(model.index(row, column), CandidatesModel::kShareRole);
  };
  const auto range = query(file, "SELECT min(fitness), max(fitness) FROM candidates").at(0);
  const QStringList ends = QString::fromStdString(range).split('|');
  EXPECT_EQ(bar(0).toDouble(), 0);
  int last = 499;
  while (!bar(last).isValid()) --last;
  EXPECT_EQ(bar(last).toDouble(), 1);
  const double middle = model.candidates().figure(0, model.ticket(last / 2));
  EXPECT_NEAR(bar(last / 2).toDouble(),
              (middle - ends[0].toDouble()) / (ends[1].toDouble() - ends[0].toDouble()), 1e-9);
  const QString told = model.data(model.index(last / 2, column), Qt::ToolTipRole).toString();
  EXPECT_EQ(told.section(": ", 1).toDouble(), middle) << told.toStdString();
  EXPECT_FALSE(
      model.data(model.index(0, gui::kTicketColumn), CandidatesModel::kShareRole).isValid());
}

TEST_F(Candidates, AGrowingRunKeepsPersistentIndexes) {
  auto writer = open_writer();
  const engine::RunId run = *writer->begin_run(make_head());
  for (auto& record : make_records(0, 500)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  auto session = gui::StoreSession::open(file);
  ASSERT_TRUE((*session)->follow(run));
  ASSERT_TRUE((*session)->read_piece());
  model.set_data((*session)->followed()->data());
  settle();
  model.sort(gui::kFirstFigureColumn, Qt::DescendingOrder);
  settle();
  const QPersistentModelIndex kept = model.index(250, 3);
  const std::uint32_t ticket = model.ticket(250);
  for (auto& record : make_records(500, 20'000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  while (*(*session)->read_piece()) {
  }
  model.set_data((*session)->followed()->data());
  settle();
  EXPECT_EQ(model.rowCount(), 20'500);
  EXPECT_EQ(model.ticket(kept.row()), ticket);
  filter("ticket < 600");
  EXPECT_EQ(model.rowCount(), 600);
  ASSERT_TRUE(kept.isValid());
  EXPECT_EQ(model.ticket(kept.row()), ticket);
  filter("ticket > 600");
  EXPECT_FALSE(kept.isValid());
  EXPECT_EQ(model.rowCount(), 20'500 - 601);
}

TEST_F(Candidates, OnlyTheLastOfManyWishesIsCarriedOut) {
  write_finished_run(file, 20'000);
  model.set_data(read_all(file, 1));
  settle();
  QSignalSpy settled(&model, &CandidatesModel::settled);
  for (int i = 1; i <= 20; ++i)
    model.set_filter(
        *gui::Filter::parse("ticket < " + std::to_string(i), model.candidates().figure_rows()));
  settle();
  EXPECT_EQ(model.rowCount(), 20);
  EXPECT_EQ(settled.count(), 1);
}

}  // namespace
}  // namespace equivolve::tests
