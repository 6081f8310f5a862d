// What a chart shows, apart from how it is drawn: the window and the export draw it, and its CSV is
// made from it.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace equivolve::gui {

struct ChartData {
  struct Axis {
    std::string label;
    bool log = false;
    bool operator==(const Axis&) const = default;
  };
  /// Points in rising x.
  struct Line {
    std::string name;
    std::vector<double> x, y;
    bool steps = false;  ///< y holds until the next x
    bool operator==(const Line&) const = default;
  };
  struct Band {
    std::string name;
    std::vector<double> x, low, high;
    bool operator==(const Band&) const = default;
  };
  /// Shown as a density map.
  struct Cloud {
    std::string name;
    std::vector<double> x, y;
  };
  /// Shares of a whole, one upon the other in order; y is the line's own value, not the sum.
  struct Stack {
    std::vector<Line> parts;
    bool operator==(const Stack&) const = default;
  };
  /// counts[i] between edges[i] and edges[i + 1].
  struct Histogram {
    std::string name;
    std::vector<double> edges, counts;
    bool operator==(const Histogram&) const = default;
  };
  /// One row a name; low and high are NaN where there is no interval.
  struct Intervals {
    std::string name;
    std::vector<std::string> rows;
    std::vector<double> mean, low, high;
    bool operator==(const Intervals&) const = default;
  };

  std::string id;  ///< of files: best, density, ...
  std::string title;
  std::string empty;  ///< what to say where there is nothing to show
  Axis x, y;
  std::vector<Band> bands;
  std::vector<Line> lines;
  std::shared_ptr<const Cloud> cloud;  ///< may be large: shared
  Stack stack;
  std::vector<Histogram> histograms;
  std::vector<Intervals> intervals;

  bool is_empty() const;
  /// Clouds are equal when they are the same one.
  bool operator==(const ChartData&) const = default;
};

inline constexpr const char* kCsvHeader = "series,x,y,low,high\n";

/// Lines `series,x,y,low,high` (the header first): a row for each point of a line, cloud or stack
/// (x, y), of a band (x, low, high), of a histogram (y: the count between low and high) and of
/// intervals (x: the row's name, y, low, high). Numbers are shortest round trip, what is not there
/// is empty.
std::string to_csv(const ChartData& chart);

}  // namespace equivolve::gui
