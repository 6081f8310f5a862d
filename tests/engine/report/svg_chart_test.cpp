// Charts: axes that people can read, and lines that say what the values say.
#include "engine/report/svg_chart.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/engine/report/html_check.hpp"

namespace equivolve::engine {
namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

TEST(Ticks, AreRoundAndWithin) {
  EXPECT_EQ(ticks(0, 300000, 5),
            (std::vector<double>{0, 50000, 100000, 150000, 200000, 250000, 300000}));
  const std::pair<double, double> ranges[] = {
      {0, 1}, {0.93, 0.97}, {-3e-7, 2e-7}, {-5e9, 1e12}, {17.0, 17.001}};
  for (const auto& [low, high] : ranges) {
    const auto all = ticks(low, high, 5);
    EXPECT_GE(all.size(), 3u) << low;
    EXPECT_LE(all.size(), 9u) << low;
    for (const double tick : all) {
      EXPECT_GE(tick, low - 1e-9 * (high - low));
      EXPECT_LE(tick, high + 1e-9 * (high - low));
    }
  }
}

TEST(Ticks, AreWrittenShort) {
  EXPECT_EQ(tick_text(250000, 50000), "250,000");
  EXPECT_EQ(tick_text(-1250, 250), "-1,250");
  EXPECT_EQ(tick_text(-250, 50), "-250");
  EXPECT_EQ(tick_text(1234567, 1), "1,234,567");
  EXPECT_EQ(tick_text(0.6000000000000001, 0.2), "0.6");
  EXPECT_EQ(tick_text(0.95, 0.01), "0.95");
  EXPECT_EQ(tick_text(1e-17, 0.2), "0");
  EXPECT_EQ(tick_text(2e-7, 1e-7), "2e-07");
  EXPECT_EQ(tick_text(3e9, 1e9), "3e+09");
}

TEST(Charts, WithoutValuesAreNone) {
  EXPECT_EQ(svg_of({}), "");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(svg_of({"t", "x", false, false, {{"a", {{1, nan}}, {}}}}), "");
}

TEST(Charts, HaveALineAndABandForEachSeriesAndEscapeText) {
  Chart chart{"<best> & \"more\"", "x > y", false, false, {}};
  for (int i = 0; i < 3; ++i)
    chart.series.push_back({"a<b", {{0, i}, {5, i + 2.0}}, {{0, i - 1.0, i + 1.0}, {5, 0, 3}}});
  const std::string svg = svg_of(chart);
  EXPECT_EQ(count(svg, "class=\"line s"), 3u);
  EXPECT_EQ(count(svg, "class=\"band s"), 3u);
  EXPECT_EQ(tests::html_fault("<!DOCTYPE html>\n" + svg), "");
  EXPECT_NE(svg.find("&lt;best&gt; &amp; &quot;more&quot;"), std::string::npos);
}

TEST(Charts, OfOneValueOrAFlatLineStayInTheFrame) {
  for (const double y : {0.0, 5.0, -1e-12, 1e300}) {
    const std::string svg = svg_of({"t", "x", false, true, {{"a", {{3, y}, {4, y}}, {}}}});
    EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
    EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
    EXPECT_EQ(tests::html_fault("<!DOCTYPE html>\n" + svg), "");
  }
}

TEST(Charts, StepsGoAcrossBeforeTheyGoUp) {
  const std::string svg = svg_of({"t", "x", true, true, {{"a", {{0, 0}, {10, 1}}, {}}}});
  EXPECT_NE(svg.find("d=\"M62.0 218.0H430.0V30.0\""), std::string::npos) << svg;
}

TEST(Charts, LevelsAreInTheFrameAndNamed) {
  Chart chart{"t", "x", false, true, {{"a", {{0, 1}, {10, 2}}, {}}}};
  chart.levels = {{"a & b", 4.0}};
  const std::string svg = svg_of(chart);
  EXPECT_EQ(count(svg, "class=\"level\""), 1u);
  EXPECT_NE(svg.find("a &amp; b"), std::string::npos);
  // The plane goes from 1 to 4, with a margin of a twentieth on both sides.
  EXPECT_NE(svg.find("y1=\"38.5\""), std::string::npos) << svg;
}

}  // namespace
}  // namespace equivolve::engine
