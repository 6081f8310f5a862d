// What is to be seen on a picture.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

#include <QColor>
#include <QImage>

namespace equivolve::tests {

/// Pixels that are not of the picture's most frequent colour.
inline int drawn_pixels(const QImage& picture) {
  std::map<QRgb, int> counts;
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x) ++counts[picture.pixel(x, y)];
  int most = 0;
  for (const auto& [colour, count] : counts) most = std::max(most, count);
  return picture.width() * picture.height() - most;
}

/// Pixels of a colour with a clear hue: series, rather than axes and text.
inline int coloured_pixels(const QImage& picture) {
  int count = 0;
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x)
      count += QColor(picture.pixel(x, y)).hsvSaturation() > 40 ? 1 : 0;
  return count;
}

/// From 0, black, to 255.
inline int median_lightness(const QImage& picture) {
  std::vector<int> values;
  for (int y = 0; y < picture.height(); y += 2)
    for (int x = 0; x < picture.width(); x += 2)
      values.push_back(QColor(picture.pixel(x, y)).lightness());
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

}  // namespace equivolve::tests
