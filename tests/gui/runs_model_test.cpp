// The list of runs against what the program itself says of them.
#include "gui/models/runs_model.hpp"

#include <QAbstractItemModelTester>
#include <QPointF>

#include "gui/models/comparison.hpp"
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
    ASSERT_TRUE((*session)->runs());
    while (*(*session)->tally_one()) {
    }
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

// A file with a run that goes on is opened: what is there by then, and what comes, is all counted.
TEST_F(Runs, AreCountedFromTheFirstCandidateOn) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  for (auto& record : make_records(0, 1000)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  auto session = gui::StoreSession::open(file);
  ASSERT_TRUE((*session)->runs());
  const auto expect_counted = [&](std::uint64_t told) {
    while (*(*session)->tally_one()) {
    }
    const auto runs = (*session)->runs();
    EXPECT_EQ(runs->at(0).info.state.told, told);
    EXPECT_EQ(std::to_string(*runs->at(0).duplicates),
              query(file, "SELECT printf('%f', avg(hit)) FROM candidates").at(0));
    EXPECT_EQ(std::to_string(*runs->at(0).best),
              query(file, "SELECT printf('%f', max(fitness)) FROM candidates").at(0));
    EXPECT_EQ(runs->at(0).curve->back().told, told);
  };
  expect_counted(1000);
  for (auto& record : make_records(1000, 301)) writer->push(std::move(record));
  ASSERT_TRUE(writer->flush());
  ASSERT_TRUE((*session)->runs());
  expect_counted(1301);
}

TEST_F(Runs, HaveASmallCurve) {
  make_run(file, 2000);
  read();
  const auto curve =
      model.data(model.index_of(1).siblingAtColumn(RunsModel::kTrend), RunsModel::kCurveRole)
          .value<QList<QPointF>>();
  ASSERT_GE(curve.size(), 20);
  EXPECT_EQ(curve.last().x(), 1.0);
  double low = 1, high = 0;
  for (qsizetype i = 0; i < curve.size(); ++i) {
    low = std::min(low, curve[i].y());
    high = std::max(high, curve[i].y());
    if (i > 0) {
      EXPECT_GT(curve[i].x(), curve[i - 1].x());
    }
  }
  EXPECT_EQ(low, 0.0);
  EXPECT_EQ(high, 1.0);
}

TEST_F(Runs, SayTheStateThatTheyAreIn) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const auto state_after = [&](engine::RunStatus status) {
    engine::RunState state;
    state.status = status;
    EXPECT_TRUE(writer->update_run(state));
    read();
    return text(model.index_of(1), RunsModel::kState);
  };
  EXPECT_EQ(state_after(engine::RunStatus::kRunning), "running");
  EXPECT_EQ(state_after(engine::RunStatus::kPaused), "paused");
  EXPECT_EQ(state_after(engine::RunStatus::kStopped), "stopped");
  EXPECT_EQ(state_after(engine::RunStatus::kFinished), "finished");
  EXPECT_EQ(state_after(engine::RunStatus::kFailed), "failed");
  state_after(engine::RunStatus::kRunning);
  writer.reset();  // nobody holds the run any more
  read();
  EXPECT_EQ(text(model.index_of(1), RunsModel::kState), "interrupted");
}

TEST_F(Runs, ThatGiveNoSignSayForHowLong) {
  gui::RunRow run;
  run.state = "running";
  run.info.heartbeat = "2026-01-02T03:04:05.500Z";
  const double beat = 1767323045.5;
  EXPECT_EQ(gui::seconds_silent(run, beat + 2), 2.0);
  EXPECT_EQ(gui::state_text(run, beat + 2), "running");
  EXPECT_EQ(gui::state_text(run, beat + 42.3), "running, no sign for 42 s");
  EXPECT_EQ(gui::state_text(run, beat - 100), "running");  // somebody set the clock
  run.state = "interrupted";
  EXPECT_EQ(gui::state_text(run, beat + 42.3), "interrupted");
}

TEST_F(Runs, AreComparedByTheirCurvesAndByWhatTheyFound) {
  make_run(file, 500);
  make_run(file, 700);
  read();
  const std::vector<const gui::RunRow*> runs = {model.run(1), model.run(2)};
  const gui::ChartData curves = gui::curves_chart(runs), found = gui::comparison_chart(runs);
  ASSERT_EQ(curves.lines.size(), 2u);
  for (std::size_t r = 0; r < 2; ++r) {
    EXPECT_EQ(curves.lines[r].name, std::to_string(r + 1) + " small");
    EXPECT_EQ(curves.lines[r].x.back(), r == 0 ? 500 : 700);
    EXPECT_EQ(curves.lines[r].y.back(), runs[r]->curve->back().best);
  }
  ASSERT_FALSE(found.intervals.empty());
  EXPECT_EQ(found.intervals[0].mean[1], runs[1]->contenders[0].confirmed.mean);
  gui::RunRow other = *runs[1];
  other.objective = "another";
  EXPECT_EQ(gui::curves_chart({runs[0], &other}).lines.size(), 1u);
}

}  // namespace
}  // namespace equivolve::tests
