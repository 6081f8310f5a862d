// The list of runs against what the program itself says of them.
#include "gui/models/runs_model.hpp"

#include <QAbstractItemModelTester>

#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {
namespace {

using gui::RunsModel;

class Runs : public StoreTest {
 protected:
  RunsModel model;
  QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
  void read() {
    auto session = gui::StoreSession::open(file);
    ASSERT_TRUE(session) << session.error();
    const auto runs = (*session)->runs();
    ASSERT_TRUE(runs) << runs.error();
    model.set_runs(*runs);
  }
  std::string text(const QModelIndex& row, int column) {
    return model.data(row.siblingAtColumn(column)).toString().toStdString();
  }
};

TEST_F(Runs, ShowWhatTheSummarySays) {
  make_run(file, 500);
  read();
  const auto summary = answer(equivolve({"show", "1", "--store", file, "--json"}));
  const gui::RunRow* run = model.run(1);
  ASSERT_NE(run, nullptr);
  EXPECT_EQ(run->state, "finished");
  EXPECT_EQ(run->objective, summary["objective"]);
  EXPECT_EQ(*run->best, summary["best"]["validation"][run->objective].get<double>());
  EXPECT_EQ(*run->duplicates, summary["cache_hits"].get<double>() / 500);
  EXPECT_EQ(*run->seconds_saved, summary["seconds_saved"].get<double>());
  EXPECT_EQ(*run->budget, 500);
  ASSERT_EQ(run->contenders.size(), 1 + summary["references"].size());
  EXPECT_EQ(run->contenders[0].confirmed.mean,
            summary["best"]["confirmed"][run->objective].get<double>());
  const QModelIndex row = model.index_of(1);
  EXPECT_EQ(text(row, RunsModel::kName), "small");
  EXPECT_EQ(text(row, RunsModel::kProgress), "500 / 500");
  EXPECT_EQ(model.data(row.siblingAtColumn(RunsModel::kProgress), RunsModel::kShareRole).toDouble(),
            1.0);
}

TEST_F(Runs, OfAGroupLieBelowIt) {
  make_run(file, 100);
  make_run(file, 100, {"--seeds", "2"});
  read();
  ASSERT_EQ(model.rowCount(), 2);
  const QModelIndex group = model.index(1, 0);
  EXPECT_EQ(text(group, RunsModel::kNumber), "g1");
  EXPECT_EQ(model.rowCount(group), 2);
  EXPECT_EQ(model.parent(model.index_of(3)), group);
  EXPECT_EQ(model.run(3)->info.id, 3);
  EXPECT_EQ(model.run(9), nullptr);
}

TEST_F(Runs, KeepTheirIndexesWhenOthersAreAdded) {
  make_run(file, 100);
  read();
  const QPersistentModelIndex first = model.index_of(1);
  make_run(file, 100);
  read();
  EXPECT_EQ(model.rowCount(), 2);
  ASSERT_TRUE(first.isValid());
  EXPECT_EQ(first, model.index_of(1));
  ASSERT_EQ(equivolve({"delete", "1", "--store", file, "--yes"}).exit_code, 0);
  read();
  EXPECT_EQ(model.rowCount(), 1);
  EXPECT_EQ(model.run(1), nullptr);
}

TEST_F(Runs, WithoutASummaryAreCounted) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (auto& record : make_records(0, 100)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  read();
  EXPECT_EQ(model.run(1)->state, "running");
  EXPECT_EQ(*model.run(1)->duplicates, 0.5);
  EXPECT_EQ(std::to_string(*model.run(1)->best),
            query(file, "SELECT printf('%f', max(fitness)) FROM candidates").at(0));
}

}  // namespace
}  // namespace equivolve::tests
