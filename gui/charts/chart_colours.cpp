#include "gui/charts/chart_colours.hpp"

#include <array>

namespace equivolve::gui {

bool is_dark(const QPalette& palette) {
  return palette.color(QPalette::Base).lightnessF() < 0.5;
}

QColor series_colour(const QPalette& palette, std::size_t series) {
  static constexpr std::array<int, kSeriesColours> kLight = {0x0072B2, 0xE69F00, 0xD55E00, 0x009E73,
                                                             0xCC79A7};
  static constexpr std::array<int, kSeriesColours> kDark = {0x56B4E9, 0xF0B840, 0xFF8A50, 0x35CFA0,
                                                            0xE6A5C8};
  const auto& colours = is_dark(palette) ? kDark : kLight;
  return QColor::fromRgb(static_cast<QRgb>(colours[series % colours.size()]));
}

QColor mixed(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int x, int y) { return static_cast<int>(x + share * (y - x)); };
  return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

}  // namespace equivolve::gui
