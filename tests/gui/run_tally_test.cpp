// What is said of a run before all of it is read: counts, curves, samples.
#include "gui/models/run_tally.hpp"

#include "gui/models/run_sample.hpp"
#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {
namespace {

using gui::RunTally;

class Tally : public StoreTest {
 protected:
  /// The best of the first `told` candidates, by SQL.
  double best_of(std::uint64_t told) {
    return std::stod(query(file,
                           "SELECT printf('%.17g', max(fitness)) FROM candidates WHERE status = "
                           "'ok' AND NOT hit AND ticket < " +
                               std::to_string(told))
                         .at(0));
  }
  void expect_right_curve(const gui::Curve& curve, std::uint64_t told) {
    ASSERT_FALSE(curve.empty());
    EXPECT_EQ(curve.back().told, told);
    EXPECT_LE(curve.size(), RunTally::kMostPoints + 1);
    for (const gui::CurvePoint& point : curve)
      ASSERT_NEAR(point.best, best_of(point.told), 1e-14) << point.told;
  }
};

TEST_F(Tally, TheCurveIsThatOfTheRows) {
  write_finished_run(file, 20'000);
  const auto reader = open_reader();
  const auto run = reader->find_run("1");
  RunTally tally;
  EXPECT_FALSE(tally.is_current(*run));
  ASSERT_TRUE(tally.update(*reader, *run));
  EXPECT_TRUE(tally.is_current(*run));
  EXPECT_EQ(tally.counts(), nullptr);  // the summary says it
  EXPECT_GE(tally.curve()->size(), RunTally::kMostPoints / 2);
  expect_right_curve(*tally.curve(), 20'000);
}

TEST_F(Tally, AGrowingRunIsTalliedAsOneThatIsThere) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const auto reader = open_reader();
  RunTally tally;
  std::uint64_t told = 0;
  for (const std::uint64_t more : {1, 62, 1, 100, 9000, 37, 4000}) {
    for (auto& record : make_records(told, more)) writer->push(std::move(record));
    ASSERT_TRUE(writer->flush());
    told += more;
    const auto run = reader->find_run("latest");
    ASSERT_TRUE(tally.update(*reader, *run));
    ASSERT_NE(tally.counts(), nullptr);
    EXPECT_EQ(tally.counts()->told, told);
    EXPECT_EQ(std::to_string(tally.counts()->cache_hits),
              query(file, "SELECT count(*) FROM candidates WHERE hit").at(0));
    expect_right_curve(*tally.curve(), told);
  }
}

TEST_F(Tally, ARunWithoutCandidatesHasNoCurve) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const auto reader = open_reader();
  RunTally tally;
  ASSERT_TRUE(tally.update(*reader, *reader->find_run("latest")));
  EXPECT_TRUE(tally.curve()->empty());
}

class Sample : public StoreTest {
 protected:
  void expect_rows_of(const gui::CandidateData& all, const gui::CandidateData& sample) {
    ASSERT_EQ(sample.rows(), gui::kSampleSegments * gui::kSegmentRows);
    EXPECT_EQ(sample.sample_of(), all.rows());
    EXPECT_GT(sample.ticket(sample.rows() - 1), all.rows() * 98 / 100);
    for (std::size_t row = 0; row < sample.rows(); ++row) {
      const std::uint64_t ticket = sample.ticket(row);
      if (row > 0) {
        ASSERT_GT(ticket, sample.ticket(row - 1));
      }
      ASSERT_EQ(sample.birth(row), all.birth(ticket));
      ASSERT_EQ(sample.cls(row), all.cls(ticket));
      ASSERT_EQ(sample.trial(row), all.trial(ticket));
      ASSERT_TRUE(same(sample.seconds(row), all.seconds(ticket))) << ticket;
      for (std::size_t f = 0; f < all.figure_rows().size(); ++f)
        ASSERT_TRUE(same(sample.figure(f, row), all.figure(f, ticket)));
    }
  }
  gui::CandidateData sample_of(std::uint64_t told) {
    const auto reader = open_reader();
    const auto run = reader->find_run("latest");
    auto sample = gui::run_sample(*reader, run->id, run->head.figures, told);
    EXPECT_TRUE(sample) << sample.error();
    return std::move(*sample);
  }
};

TEST_F(Sample, IsOfAllPartsOfARun) {
  write_finished_run(file, 40'000);
  expect_rows_of(read_all(file, 1), sample_of(40'000));
}

// Trials in the order in which they ended, hits repeated to verify them, a final stage.
TEST_F(Sample, FindsTheTrialsOfARealRun) {
  make_run(file, 20'000, {"--set", "hashing.verify_fraction=0.2", "--set", "workers.count=2"});
  expect_rows_of(read_all(file, 1), sample_of(20'000));
}

}  // namespace
}  // namespace equivolve::tests
