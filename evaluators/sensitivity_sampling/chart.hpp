// A chart of lines over two logarithmic axes, as an SVG picture.
#pragma once

#include <string>
#include <vector>

namespace equivolve::sensitivity_sampling {

struct ChartLine {
  std::string name;
  std::vector<double> y;  ///< one for each x; those that are not above 0 are left out
  bool emphasised = false;
};

/// `x`: ascending, above 0, at least two.
std::string line_chart(const std::string& title, const std::string& x_title,
                       const std::string& y_title, const std::vector<double>& x,
                       const std::vector<ChartLine>& lines);

}  // namespace equivolve::sensitivity_sampling
