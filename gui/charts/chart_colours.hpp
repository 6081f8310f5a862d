// The colours of charts, light and dark, from the palette of the window.
#pragma once

#include <QColor>
#include <QPalette>

namespace equivolve::gui {

inline constexpr std::size_t kSeriesColours = 5;  ///< then they begin again

/// Told apart by people with the common kinds of colour blindness. Source: Okabe and Ito 2008,
/// "Color Universal Design"; lighter on a dark ground.
QColor series_colour(const QPalette& palette, std::size_t series);

bool is_dark(const QPalette& palette);

/// Between the two, `share` of the way to `b`.
QColor mixed(const QColor& a, const QColor& b, double share);

}  // namespace equivolve::gui
