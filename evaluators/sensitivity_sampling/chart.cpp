#include "evaluators/sensitivity_sampling/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace equivolve::sensitivity_sampling {
namespace {

constexpr double kWidth = 760, kHeight = 460, kLeft = 70, kRight = 180, kTop = 40, kBottom = 60;
// Eight hues that stay apart for most colour-blind eyes (Okabe, Ito 2008), black for emphasis.
constexpr const char* kColours[] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7",
                                    "#56B4E9", "#D55E00", "#999999", "#B8A800"};

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

/// From logarithms to the picture.
struct Axis {
  double low, high, from, to;
  double operator()(double value) const {
    return from + (to - from) * (std::log(value) - low) / (high - low);
  }
};

Axis axis_over(double least, double most, double from, double to) {
  double low = std::log(least), high = std::log(most);
  if (high - low < 0.1) {
    low -= 0.05;
    high += 0.05;
  }
  return {low, high, from, to};
}

/// 1, 2 and 5 times the powers of ten.
std::vector<double> ticks(const Axis& axis) {
  std::vector<double> out;
  for (int power = -12; power <= 12; ++power)
    for (double digit : {1.0, 2.0, 5.0}) {
      const double value = digit * std::pow(10.0, power);
      if (std::log(value) >= axis.low - 1e-9 && std::log(value) <= axis.high + 1e-9)
        out.push_back(value);
    }
  return out;
}

}  // namespace

std::string line_chart(const std::string& title, const std::string& x_title,
                       const std::string& y_title, const std::vector<double>& x,
                       const std::vector<ChartLine>& lines) {
  double least = 1e300, most = 0;
  for (const ChartLine& line : lines)
    for (double y : line.y)
      if (y > 0) {
        least = std::min(least, y);
        most = std::max(most, y);
      }
  if (most == 0) least = most = 1;
  const Axis across = axis_over(x.front(), x.back(), kLeft, kWidth - kRight),
             up = axis_over(least, most, kHeight - kBottom, kTop);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<text x=\"{2}\" y=\"22\" font-size=\"15\">{3}</text>\n",
      kWidth, kHeight, kLeft, escaped(title));
  for (double value : ticks(across))
    out += fmt::format(
        "<path d=\"M{0:.1f} {1}V{2}\" stroke=\"#ddd\"/><text x=\"{0:.1f}\" y=\"{3}\" "
        "text-anchor=\"middle\">{4}</text>\n",
        across(value), kTop, kHeight - kBottom, kHeight - kBottom + 18, value);
  for (double value : ticks(up))
    out += fmt::format(
        "<path d=\"M{1} {0:.1f}H{2}\" stroke=\"#ddd\"/><text x=\"{3}\" y=\"{4:.1f}\" "
        "text-anchor=\"end\">{5}</text>\n",
        up(value), kLeft, kWidth - kRight, kLeft - 6, up(value) + 4, value);
  out += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                     (kLeft + kWidth - kRight) / 2, kHeight - 18, escaped(x_title));
  out += fmt::format(
      "<text transform=\"translate(18 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
      (kTop + kHeight - kBottom) / 2, escaped(y_title));
  std::size_t number = 0;
  for (const ChartLine& line : lines) {
    const char* colour = line.emphasised ? "black" : kColours[number % std::size(kColours)];
    std::string path;
    for (std::size_t k = 0; k < x.size(); ++k)
      if (line.y[k] > 0)
        path +=
            fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", across(x[k]), up(line.y[k]));
    out += fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"/>\n"
        "<text x=\"{}\" y=\"{:.1f}\" fill=\"{}\">{}</text>\n",
        path, colour, line.emphasised ? 3 : 1.5, kWidth - kRight + 12,
        kTop + 12 + 18 * static_cast<double>(number), colour, escaped(line.name));
    ++number;
  }
  return out + "</svg>\n";
}

}  // namespace equivolve::sensitivity_sampling
