#include "evaluators/sequence_design/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace equivolve::sequence_design {
namespace {

std::string header(double width, double height) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      width, height);
}

const char* colour_of(std::size_t symbol) {
  static constexpr const char* kColours[] = {"#1b7837", "#2166ac", "#e08214", "#b2182b",
                                             "#762a83", "#01665e", "#8c510a", "#4d4d4d"};
  return kColours[symbol % std::size(kColours)];
}

/// A letter stretched into a box whose lower left corner is (x, y).
std::string letter(char c, double x, double y, double width, double height, const char* colour) {
  // Capitals at size 10 are about 7.2 high and 7 wide.
  return fmt::format(
      "<text transform=\"translate({:.2f} {:.2f}) scale({:.3f} {:.3f})\" font-size=\"10\" "
      "font-family=\"monospace\" font-weight=\"bold\" fill=\"{}\">{}</text>\n",
      x, y, width / 6.2, height / 7.2, colour, c);
}

}  // namespace

std::string logo_svg(const std::vector<Sequence>& sequences, const SequenceShape& shape) {
  const double step = 22, tall = 160, left = 44, top = 16;
  const double most = std::log2(static_cast<double>(shape.symbols()));
  std::string out = header(left + step * static_cast<double>(shape.length) + 16, top + tall + 34);
  out += fmt::format("<text x=\"4\" y=\"{:.0f}\">{:.1f} bits</text>\n", top + 10, most);
  for (std::size_t i = 0; i < shape.length; ++i) {
    std::vector<double> share(shape.symbols(), 0.0);
    for (const Sequence& x : sequences) share[x[i]] += 1 / static_cast<double>(sequences.size());
    double information = most;
    for (const double p : share) information += p > 0 ? p * std::log2(p) : 0;
    std::vector<std::size_t> order(share.size());
    for (std::size_t a = 0; a < order.size(); ++a) order[a] = a;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return share[a] < share[b]; });
    double y = top + tall;
    const double x = left + step * static_cast<double>(i);
    for (const std::size_t a : order) {
      const double height = share[a] * std::max(0.0, information) / most * tall;
      if (height < 0.5) continue;
      out += letter(shape.alphabet[a], x, y, step - 2, height, colour_of(a));
      y -= height;
    }
    out += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.0f}\" text-anchor=\"middle\" fill=\"#555\">{}</text>\n",
        x + step / 2, top + tall + 18, i + 1);
  }
  return out + "</svg>\n";
}

std::string histograms_svg(const std::vector<double>& measured,
                           const std::vector<double>& predicted, const std::string& unit) {
  constexpr std::size_t kBins = 40;
  const double width = 640, tall = 120, left = 44;
  double low = 1e300, high = -1e300;
  for (const auto* values : {&measured, &predicted})
    for (const double v : *values) {
      low = std::min(low, v);
      high = std::max(high, v);
    }
  if (!(high > low)) high = low + 1;
  std::string out = header(width, 2 * tall + 96);
  double base = tall + 24;
  for (const auto* values : {&measured, &predicted}) {
    std::vector<double> bins(kBins, 0.0);
    for (const double v : *values)
      bins[std::min(kBins - 1, static_cast<std::size_t>((v - low) / (high - low) * kBins))] += 1;
    const double most = std::max(1.0, *std::max_element(bins.begin(), bins.end()));
    const double step = (width - left - 16) / kBins;
    for (std::size_t b = 0; b < kBins; ++b)
      out += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n",
          left + step * static_cast<double>(b), base - bins[b] / most * tall, step - 1,
          bins[b] / most * tall, values == &measured ? "#888888" : "#2166ac");
    out +=
        fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\">{} ({}), most in a bar {:.0f}</text>\n", left,
                    base - tall - 6, values == &measured ? "measured" : "designs, predicted",
                    values->size(), most);
    base += tall + 28;
  }
  out += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\">{:.4g}</text>\n", left, 2 * tall + 72, low);
  out += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{:.4g} {}</text>\n",
                     width - 16, 2 * tall + 72, high, unit);
  return out + "</svg>\n";
}

}  // namespace equivolve::sequence_design
