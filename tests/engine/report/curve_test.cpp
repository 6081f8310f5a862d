// Curves against SQL over the same rows.
#include "engine/report/curve.hpp"

#include <limits>

#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class Curves : public StoreTest {
 protected:
  Curve curve_of(std::uint64_t candidates) {
    write_finished_run(file, candidates);
    const auto reader = open_reader();
    auto curve = read_curve(*reader, *reader->find_run("latest"));
    EXPECT_TRUE(curve) << curve.error().message;
    return curve ? *curve : Curve();
  }
  double number(const std::string& expression, const std::string& of) {
    return std::stod(query(file, "SELECT printf('%.17g', " + expression + ") FROM " + of).at(0));
  }
};

TEST_F(Curves, SayWhatTheRowsSayAtEveryPoint) {
  const Curve curve = curve_of(2000);
  ASSERT_EQ(curve.size(), 400u);  // a point after every fifth
  for (std::size_t i = 0; i < curve.size(); i += 7) {
    const CurvePoint& point = curve[i];
    const std::string before = "candidates WHERE run = 1 AND ticket < " +
                               std::to_string(static_cast<int>(point.candidates));
    EXPECT_DOUBLE_EQ(point.known, number("avg(hit)", before));
    EXPECT_DOUBLE_EQ(point.best, number("max(fitness)", before + " AND status = 'ok'"));
  }
  EXPECT_EQ(curve.back().candidates, 2000);
  EXPECT_DOUBLE_EQ(curve.back().known, number("avg(hit)", "candidates"));
  EXPECT_DOUBLE_EQ(curve.back().best, number("max(fitness)", "candidates WHERE status = 'ok'"));
  EXPECT_NEAR(curve.back().seconds, number("sum(seconds)", "trials WHERE kind = 0"), 1e-12);
}

TEST_F(Curves, EndWithTheLastCandidate) {
  const Curve curve = curve_of(1001);  // after every third, and the last
  ASSERT_EQ(curve.size(), 334u);
  EXPECT_EQ(curve.back().candidates, 1001);
}

TEST_F(Curves, OfShortRunsHaveEachCandidate) {
  const Curve curve = curve_of(7);
  ASSERT_EQ(curve.size(), 7u);
  for (std::size_t i = 0; i < curve.size(); ++i)
    EXPECT_EQ(curve[i].candidates, static_cast<double>(i + 1));
}

TEST_F(Curves, OfARunWithoutCandidatesAreEmpty) {
  auto writer = open_writer();
  ASSERT_TRUE(writer->begin_run(make_head()));
  const auto reader = open_reader();
  EXPECT_TRUE(read_curve(*reader, *reader->find_run("1"))->empty());
}

TEST(Bands, AreQuartilesOfWhatEachCurveHasReached) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Curve> curves = {
      {{1, 10, none, 0}, {2, 20, 5, 0.5}, {4, 40, 7, 0.75}}, {{1, 1, 1, 0}, {3, 3, 9, 0.25}}, {}};
  const auto band = band_of(curves, Against::kCandidates, Shown::kBest, 2);
  ASSERT_EQ(band.size(), 3u);
  EXPECT_EQ(band[0].x, 2);         // the first curve has no value before
  EXPECT_EQ(band[0].y.median, 3);  // 5 and 1
  EXPECT_EQ(band[1].x, 3);
  EXPECT_EQ(band[1].y.median, 7);  // 5 and 9
  EXPECT_EQ(band[2].x, 4);
  EXPECT_EQ(band[2].y.low, 7.5);  // 7, and 9 beyond its end
  EXPECT_EQ(band[2].y.high, 8.5);
  const auto shares = band_of(curves, Against::kSeconds, Shown::kKnown, 30);
  EXPECT_EQ(shares.front().x, 10);
  EXPECT_EQ(shares.front().y.median, 0.125);
  EXPECT_EQ(shares.back().x, 40);
  EXPECT_EQ(shares.back().y.median, 0.5);
  EXPECT_TRUE(band_of({}, Against::kSeconds, Shown::kBest).empty());
}

}  // namespace
}  // namespace equivolve::tests
