#include "engine/report/svg_chart.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/report/html.hpp"

namespace equivolve::engine {
namespace {

constexpr double kWidth = 460, kHeight = 260;
constexpr double kLeft = 62, kRight = 30, kTop = 30, kBottom = 42;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

/// The plane of a chart: data to pixels.
struct Plane {
  Range x, y;
  double px(double value) const {
    return kLeft + (value - x.low) / (x.high - x.low) * (kWidth - kLeft - kRight);
  }
  double py(double value) const {
    return kHeight - kBottom - (value - y.low) / (y.high - y.low) * (kHeight - kTop - kBottom);
  }
};

Plane plane_of(const Chart& chart) {
  Plane plane;
  for (const ChartSeries& series : chart.series) {
    for (const auto& [x, y] : series.line) {
      if (std::isfinite(y)) plane.x.take(x);
      plane.y.take(y);
    }
    for (const ChartSeries::Edge& edge : series.band) {
      plane.y.take(edge.low);
      plane.y.take(edge.high);
    }
  }
  if (plane.x.empty() || plane.y.empty()) return plane;
  for (const auto& entry : chart.levels) plane.y.take(entry.second);
  plane.x.low = std::min(plane.x.low, 0.0);
  if (!(plane.x.high > plane.x.low)) plane.x.high = plane.x.low + 1;
  if (chart.y_is_share) plane.y.low = 0, plane.y.high = 1;
  const double height = plane.y.high - plane.y.low;
  // A flat line stands in the middle.
  const double margin = height > 0 ? 0.05 * height : std::max(std::abs(plane.y.high) * 0.1, 1e-9);
  if (!chart.y_is_share) plane.y.low -= margin, plane.y.high += margin;
  return plane;
}

std::string points_of(const Chart& chart, const ChartSeries& series, const Plane& plane) {
  std::string path;
  double before = 0;
  for (const auto& [x, y] : series.line) {
    if (!std::isfinite(x) || !std::isfinite(y)) continue;
    if (path.empty())
      path = fmt::format("M{:.1f} {:.1f}", plane.px(x), plane.py(y));
    else if (chart.steps && y != before)
      path += fmt::format("H{:.1f}V{:.1f}", plane.px(x), plane.py(y));
    else
      path += fmt::format("L{:.1f} {:.1f}", plane.px(x), plane.py(y));
    before = y;
  }
  return path;
}

std::string band_path(const ChartSeries& series, const Plane& plane) {
  std::string path;
  for (const ChartSeries::Edge& e : series.band)
    path +=
        fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", plane.px(e.x), plane.py(e.high));
  for (auto e = series.band.rbegin(); e != series.band.rend(); ++e)
    path += fmt::format("L{:.1f} {:.1f}", plane.px(e->x), plane.py(e->low));
  return path + "Z";
}

std::string axes(const Chart& chart, const Plane& plane) {
  std::string out;
  const double bottom = kHeight - kBottom, right = kWidth - kRight;
  const std::vector<double> ys = ticks(plane.y.low, plane.y.high, 5);
  for (const double y : ys) {
    const std::string text = chart.y_is_share ? fmt::format("{:.0f} %", 100 * std::abs(y))
                                              : tick_text(y, ys.size() > 1 ? ys[1] - ys[0] : 1);
    out += fmt::format(
        "<line class=\"grid\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
        kLeft, plane.py(y), right, plane.py(y), kLeft - 6, plane.py(y) + 4, text);
  }
  const std::vector<double> xs = ticks(plane.x.low, plane.x.high, 5);
  for (const double x : xs)
    out += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"tick\" x=\"{0:.1f}\" y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text>",
        plane.px(x), bottom, bottom + 4, bottom + 17,
        tick_text(x, xs.size() > 1 ? xs[1] - xs[0] : 1));
  out +=
      fmt::format("<line class=\"axis\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>",
                  kLeft, bottom, right, bottom);
  return out +
         fmt::format(
             "<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
             (kLeft + right) / 2, kHeight - 6, escaped(chart.x_label));
}

std::string level(const std::string& name, double y) {
  return fmt::format(
      "<line class=\"level\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>"
      "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
      kLeft, y, kWidth - kRight, y, kWidth - kRight, y - 4, escaped(name));
}

}  // namespace

std::string tick_text(double value, double step) {
  if (std::abs(value) < step * 1e-9) return "0";
  const double size = std::max(std::abs(value), step);
  if (size >= 1e7 || size < 1e-4) return fmt::format("{:.3g}", value);
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  std::string digits = fmt::format("{:.{}f}", value, decimals);
  // Thousands are set apart.
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t at = point; at > 3 + (digits[0] == '-' ? 1u : 0u); at -= 3)
    digits.insert(at - 3, ",");
  return digits;
}

std::vector<double> ticks(double low, double high, int count) {
  const double raw = (high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  const double step = raw / power < 1.5   ? power
                      : raw / power < 3.5 ? 2 * power
                      : raw / power < 7.5 ? 5 * power
                                          : 10 * power;
  std::vector<double> out;
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i)
    out.push_back(i * step);
  return out;
}

std::string svg_of(const Chart& chart) {
  const Plane plane = plane_of(chart);
  if (plane.x.empty() || plane.y.empty()) return "";
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" aria-label=\"{2}\">"
      "<text class=\"title\" x=\"{3:.1f}\" y=\"16\">{2}</text>",
      kWidth, kHeight, escaped(chart.title), kLeft);
  out += axes(chart, plane);
  for (const auto& entry : chart.levels)
    if (std::isfinite(entry.second)) out += level(entry.first, plane.py(entry.second));
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    if (!chart.series[i].band.empty())
      out += fmt::format("<path class=\"band s{}\" d=\"{}\"/>", i % 8,
                         band_path(chart.series[i], plane));
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    out += fmt::format("<path class=\"line s{}\" d=\"{}\"><title>{}</title></path>", i % 8,
                       points_of(chart, chart.series[i], plane), escaped(chart.series[i].name));
  return out + "</svg>";
}

}  // namespace equivolve::engine
