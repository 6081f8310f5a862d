#include "gui/models/chart_data.hpp"

#include <charconv>
#include <cmath>

#include "gui/models/candidate_data.hpp"

namespace equivolve::gui {
namespace {

class Csv {
 public:
  void row(const std::string& series, const std::string& x, double y, double low, double high) {
    text(series);
    out_ += ',';
    text(x);
    numbers(y, low, high);
  }
  void row(const std::string& series, double x, double y, double low, double high) {
    text(series);
    out_ += ',';
    number(x);
    numbers(y, low, high);
  }
  std::string take() { return std::move(out_); }

 private:
  void numbers(double y, double low, double high) {
    for (const double value : {y, low, high}) {
      out_ += ',';
      number(value);
    }
    out_ += '\n';
  }
  void number(double value) {
    if (std::isnan(value)) return;
    char buffer[40];
    out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  }
  void text(const std::string& value) {
    if (value.find_first_of(",\"\r\n") == std::string::npos) {
      out_ += value;
      return;
    }
    out_ += '"';
    for (const char c : value) out_ += c == '"' ? std::string("\"\"") : std::string(1, c);
    out_ += '"';
  }
  std::string out_ = kCsvHeader;
};

template <class Points>
void add_points(Csv& csv, const Points& points) {
  for (std::size_t i = 0; i < points.x.size(); ++i)
    csv.row(points.name, points.x[i], points.y[i], kNothing, kNothing);
}

}  // namespace

bool ChartData::is_empty() const {
  const auto has_points = [](const auto& parts) {
    for (const auto& part : parts)
      if (!part.x.empty()) return true;
    return false;
  };
  const bool bars = [this] {
    for (const Histogram& histogram : histograms)
      if (!histogram.counts.empty()) return true;
    for (const Intervals& group : intervals)
      if (!group.rows.empty()) return true;
    return false;
  }();
  return !bars && !has_points(lines) && !has_points(bands) && !has_points(stack.parts) &&
         (cloud == nullptr || cloud->x.empty());
}

std::string to_csv(const ChartData& chart) {
  Csv csv;
  for (const ChartData::Line& line : chart.lines) add_points(csv, line);
  for (const ChartData::Band& band : chart.bands)
    for (std::size_t i = 0; i < band.x.size(); ++i)
      csv.row(band.name, band.x[i], kNothing, band.low[i], band.high[i]);
  if (chart.cloud) add_points(csv, *chart.cloud);
  for (const ChartData::Line& part : chart.stack.parts) add_points(csv, part);
  for (const ChartData::Histogram& histogram : chart.histograms)
    for (std::size_t i = 0; i < histogram.counts.size(); ++i)
      csv.row(histogram.name, kNothing, histogram.counts[i], histogram.edges[i],
              histogram.edges[i + 1]);
  for (const ChartData::Intervals& group : chart.intervals)
    for (std::size_t i = 0; i < group.rows.size(); ++i)
      csv.row(group.name, group.rows[i], group.mean[i], group.low[i], group.high[i]);
  return csv.take();
}

}  // namespace equivolve::gui
