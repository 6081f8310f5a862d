// A line chart as an SVG file of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::test_time_adaptation {

struct ChartLine {
  std::string name;
  std::vector<double> values;  ///< one a place on the x axis, shares from 0 to 1
};
/// Where a part of the x axis begins, and what it is called.
struct ChartMark {
  double place;
  std::string name;
};
std::string share_chart(std::string_view title, std::string_view x_label,
                        std::span<const ChartLine> lines, std::span<const ChartMark> marks);

}  // namespace equivolve::test_time_adaptation
