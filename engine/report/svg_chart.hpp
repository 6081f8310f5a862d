// Line charts as inline SVG, coloured by the page's style sheet.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace equivolve::engine {

/// A line, and around it a band where there is one.
struct ChartSeries {
  std::string name;
  std::vector<std::pair<double, double>> line;  ///< x rises; what is not finite is left out
  struct Edge {
    double x = 0, low = 0, high = 0;
  };
  std::vector<Edge> band;
};

struct Chart {
  std::string title, x_label;
  bool y_is_share = false;  ///< 0 to 1, shown as per cent
  bool steps = false;       ///< values stay until the next
  std::vector<ChartSeries> series;
  /// Values to be beaten: a broken line from side to side, with its name.
  std::vector<std::pair<std::string, double>> levels = {};
};

/// An <svg> element; "" when there is nothing to draw. All text is escaped.
std::string svg_of(const Chart& chart);

/// "12,000", "0.25", "1.5e-07": short, and exact enough for an axis.
std::string tick_text(double value, double step);

/// Round numbers from `low` to `high`, about `count` of them.
std::vector<double> ticks(double low, double high, int count);

}  // namespace equivolve::engine
