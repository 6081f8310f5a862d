#include "evaluators/novel_class_discovery/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "evaluators/common/linalg/symmetric_eigen.hpp"

namespace equivolve::novel_class_discovery {
namespace {

constexpr double kWidth = 640, kHeight = 400, kEdge = 48;
// Okabe and Ito's colours, which eyes of every kind tell apart.
constexpr std::array<const char*, 8> kColours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                              "#E69F00", "#56B4E9", "#000000", "#B8A800"};

struct Range {
  double low = std::numeric_limits<double>::infinity(),
         high = -std::numeric_limits<double>::infinity();
  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double share(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

double across(const Range& range, double value) {
  return kEdge + range.share(value) * (kWidth - 2 * kEdge);
}
double up(const Range& range, double value) {
  return kHeight - kEdge - range.share(value) * (kHeight - 2 * kEdge);
}

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string text_at(double x, double y, const std::string& text, const char* anchor = "middle") {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)"
                     "\n",
                     x, y, anchor, escaped(text));
}

std::string begin() {
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" )"
      R"(font-family="sans-serif" font-size="12">)"
      "\n"
      R"(<rect width="{0}" height="{1}" fill="white"/>)"
      "\n",
      kWidth, kHeight);
}

/// Rows moved to their mean, along the two directions of the greatest variance.
linalg::Matrix<double> plane_of(PointsView x) {
  const std::size_t d = x.columns;
  std::vector<double> mean(d, 0.0);
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < d; ++c) mean[c] += x(r, c) / static_cast<double>(x.rows);
  linalg::Matrix<double> covariance(d, d), out(x.rows, 2);
  std::vector<double> row(d);
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t c = 0; c < d; ++c) row[c] = x(r, c) - mean[c];
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t j = 0; j <= i; ++j) covariance(i, j) += row[i] * row[j];
  }
  const auto eigen = linalg::symmetric_eigen<double>(covariance.view());
  if (!eigen) return out;
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t a = 0; a < std::min<std::size_t>(2, d); ++a)
      for (std::size_t c = 0; c < d; ++c)
        out(r, a) += (x(r, c) - mean[c]) * eigen->vectors(c, d - 1 - a);
  return out;
}

}  // namespace

std::string count_chart(const CountEstimate& estimate, CountIndex index, std::size_t repeats,
                        std::string_view where, std::size_t used) {
  const auto which = static_cast<std::size_t>(index);
  const double root = std::sqrt(static_cast<double>(repeats));
  Range x, y;
  for (const CountRow& row : estimate.rows) {
    x.take(static_cast<double>(row.classes));
    y.take(row.mean[which] - row.deviation[which] / root);
    y.take(row.mean[which] + row.deviation[which] / root);
  }
  std::string out = begin(), line;
  const double low = across(x, static_cast<double>(estimate.low)),
               high = across(x, static_cast<double>(estimate.high));
  out += fmt::format(
      R"(<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" fill="#56B4E9" opacity="0.25"/>)"
      "\n",
      low - 6, kEdge, high - low + 12, kHeight - 2 * kEdge);
  for (const CountRow& row : estimate.rows) {
    if (!std::isfinite(row.mean[which])) continue;
    const double at = across(x, static_cast<double>(row.classes)),
                 error = row.deviation[which] / root;
    line += fmt::format("{:.1f},{:.1f} ", at, up(y, row.mean[which]));
    out +=
        fmt::format(R"(<line x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}" stroke="#666"/>)"
                    "\n",
                    at, up(y, row.mean[which] - error), up(y, row.mean[which] + error));
    out += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="{}"/>)"
                       "\n",
                       at, up(y, row.mean[which]), row.classes == estimate.classes ? 6 : 3,
                       row.classes == estimate.classes ? "#D55E00" : "#0072B2");
    out += text_at(at, kHeight - kEdge + 18, std::to_string(row.classes));
  }
  out += fmt::format(R"(<polyline points="{}" fill="none" stroke="#0072B2"/>)"
                     "\n",
                     line);
  out +=
      text_at(kWidth / 2, 24,
              fmt::format("{} {}: {} novel classes, {} to {} within one standard error{}",
                          kIndexNames[which], where, estimate.classes, estimate.low, estimate.high,
                          used == estimate.classes ? "" : fmt::format("; {} given", used)));
  out += text_at(4, kEdge + 4, fmt::format("{:.3g}", y.high), "start");
  out += text_at(4, kHeight - kEdge, fmt::format("{:.3g}", y.low), "start");
  return out + "</svg>\n";
}

std::string scatter_chart(PointsView points, const Labels& labels,
                          const std::vector<std::string>& names) {
  const linalg::Matrix<double> plane = plane_of(points);
  Range x, y;
  for (std::size_t r = 0; r < plane.rows; ++r) {
    x.take(plane(r, 0));
    y.take(plane(r, 1));
  }
  std::string out = begin();
  for (std::size_t r = 0; r < plane.rows; ++r)
    out += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="{}" opacity="0.6"/>)"
                       "\n",
                       across(x, plane(r, 0)), up(y, plane(r, 1)),
                       kColours[labels[r] % kColours.size()]);
  for (std::size_t n = 0; n < names.size(); ++n) {
    const double at = 16 + 16 * static_cast<double>(n);
    if (at > kHeight - 8) break;
    out += fmt::format(R"(<circle cx="{}" cy="{}" r="5" fill="{}"/>)"
                       "\n",
                       kWidth - kEdge, at, kColours[n % kColours.size()]);
    out += text_at(kWidth - kEdge - 10, at + 4, names[n], "end");
  }
  return out + "</svg>\n";
}

}  // namespace equivolve::novel_class_discovery
