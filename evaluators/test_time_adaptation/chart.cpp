#include "evaluators/test_time_adaptation/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace equivolve::test_time_adaptation {
namespace {

constexpr double kWidth = 900, kHeight = 420, kLeft = 60, kRight = 160, kTop = 50, kBottom = 110;
constexpr std::array<const char*, 4> kColours = {"#1b6ca8", "#c8553d", "#6b8e23", "#7a5195"};

double across(double place, std::size_t places) {
  return kLeft + (kWidth - kLeft - kRight) * place /
                     static_cast<double>(std::max<std::size_t>(places, 2) - 1);
}
double up(double share) {
  return kTop + (kHeight - kTop - kBottom) * (1 - share);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

}  // namespace

std::string share_chart(std::string_view title, std::string_view x_label,
                        std::span<const ChartLine> lines, std::span<const ChartMark> marks) {
  std::size_t places = 2;
  for (const ChartLine& line : lines) places = std::max(places, line.values.size());
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"{}\" y=\"25\" font-size=\"15\">{}</text>\n",
      kWidth, kHeight, kLeft, escaped(title));
  for (int tenth = 0; tenth <= 10; tenth += 2)
    out += fmt::format(
        "<line x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#ddd\"/>\n<text x=\"{}\" "
        "y=\"{:.1f}\" text-anchor=\"end\">{} %</text>\n",
        kLeft, kWidth - kRight, up(tenth / 10.), up(tenth / 10.), kLeft - 6, up(tenth / 10.) + 4,
        tenth * 10);
  for (const ChartMark& mark : marks) {
    const double x = across(mark.place, places);
    out += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2:.1f}\" stroke=\"#bbb\" "
        "stroke-dasharray=\"2 3\"/>\n<text transform=\"translate({3:.1f} {4:.1f}) rotate(60)\" "
        "font-size=\"9\">{5}</text>\n",
        x, kTop, up(0), x + 2, up(0) + 10, escaped(mark.name));
  }
  for (std::size_t l = 0; l < lines.size(); ++l) {
    const char* colour = kColours[l % kColours.size()];
    out +=
        fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" points=\"", colour);
    for (std::size_t i = 0; i < lines[l].values.size(); ++i)
      out += fmt::format("{:.1f},{:.1f} ", across(static_cast<double>(i), places),
                         up(std::clamp(lines[l].values[i], 0.0, 1.0)));
    out +=
        fmt::format("\"/>\n<text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n", kWidth - kRight + 10,
                    kTop + 14 + 18 * static_cast<double>(l), colour, escaped(lines[l].name));
  }
  return out + fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n</svg>\n", kWidth - kRight + 10,
                           up(0) + 4, escaped(x_label));
}

}  // namespace equivolve::test_time_adaptation
