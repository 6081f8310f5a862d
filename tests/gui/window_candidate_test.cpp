// The page of one candidate.
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QStandardPaths>
#include <QTableWidget>

#include <cmath>
#include <string>
#include <vector>

#include "tests/gui/graph_store.hpp"
#include "tests/gui/pictures.hpp"
#include "tests/gui/window_support.hpp"

namespace equivolve::tests {
namespace {

using gui::MainWindow;

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

}  // namespace
}  // namespace equivolve::tests
