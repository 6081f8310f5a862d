#include "gui/charts/density_map.hpp"

#include <algorithm>
#include <cmath>

#include "gui/charts/chart_colours.hpp"

namespace equivolve::gui {
namespace {

constexpr int kCell = 2;  // pixels

/// Where a coordinate lies in cells of an axis.
template <bool kLog>
class Scale {
 public:
  Scale(const QCPAxis* axis, int cells)
      : low_(of(axis->range().lower)), per_unit_(cells / (of(axis->range().upper) - low_)) {}
  double operator()(double value) const { return (of(value) - low_) * per_unit_; }

 private:
  static double of(double value) { return kLog ? std::log(value) : value; }
  double low_, per_unit_;
};

bool is_log(const QCPAxis* axis) {
  return axis->scaleType() == QCPAxis::stLogarithmic;
}

/// How many points lie in each cell, row by row. No branch on the kind of axis within the loop,
/// which runs over all points for each frame.
template <class ColumnOf, class RowOf>
std::vector<std::uint32_t> counts_of(const ChartData::Cloud& cloud, int columns, int rows,
                                     ColumnOf column_of, RowOf row_of) {
  const auto width = static_cast<std::size_t>(columns);
  std::vector<std::uint32_t> counts(width * static_cast<std::size_t>(rows));
  const double *x = cloud.x.data(), *y = cloud.y.data();
  for (std::size_t i = 0, end = cloud.x.size(); i < end; ++i) {
    const double column = column_of(x[i]), row = row_of(y[i]);
    if (!(column >= 0 && column < columns && row >= 0 && row < rows)) continue;
    ++counts[static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column)];
  }
  return counts;
}

std::vector<std::uint32_t> counts_of(const ChartData::Cloud& cloud, const QCPAxis* x,
                                     const QCPAxis* y, int columns, int rows) {
  const auto with = [&](auto column_of) {
    return is_log(y) ? counts_of(cloud, columns, rows, column_of, Scale<true>(y, rows))
                     : counts_of(cloud, columns, rows, column_of, Scale<false>(y, rows));
  };
  return is_log(x) ? with(Scale<true>(x, columns)) : with(Scale<false>(x, columns));
}

}  // namespace

DensityMap::DensityMap(QCPAxis* x, QCPAxis* y, std::shared_ptr<const ChartData::Cloud> cloud,
                       const QPalette& palette)
    : QCPColorMap(x, y), cloud_(std::move(cloud)) {
  setInterpolate(false);
  QCPColorGradient gradient;
  gradient.clearColorStops();
  const QColor colour = series_colour(palette, 0);
  gradient.setColorStopAt(0, mixed(colour, palette.color(QPalette::Base), 0.45));
  gradient.setColorStopAt(0.6, colour);
  gradient.setColorStopAt(1, is_dark(palette) ? QColor(Qt::white) : colour.darker(250));
  gradient.setNanHandling(QCPColorGradient::nhTransparent);
  setGradient(gradient);
}

void DensityMap::draw(QCPPainter* painter) {
  count();
  QCPColorMap::draw(painter);
}

void DensityMap::count() {
  const QRect area = keyAxis()->axisRect()->rect();
  const int columns = std::max(2, area.width() / kCell), rows = std::max(2, area.height() / kCell);
  const auto width = static_cast<std::size_t>(columns);
  const std::vector<std::uint32_t> counts =
      counts_of(*cloud_, keyAxis(), valueAxis(), columns, rows);
  const std::uint32_t most = *std::ranges::max_element(counts);
  data()->setSize(columns, rows);
  // The map's range is from the middle of its first cell to that of its last.
  const double half = kCell / 2.0;
  data()->setRange({keyAxis()->pixelToCoord(area.left() + half),
                    keyAxis()->pixelToCoord(area.left() + columns * kCell - half)},
                   {valueAxis()->pixelToCoord(area.bottom() - half),
                    valueAxis()->pixelToCoord(area.bottom() - rows * kCell + half)});
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      const std::uint32_t count =
          counts[static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column)];
      data()->setCell(column, row, count == 0 ? std::nan("") : std::log1p(count));
    }
  setDataRange({std::log1p(1.0), std::log1p(std::max(2U, most))});
}

std::uint32_t DensityMap::count_at(double x, double y) const {
  int column = 0, row = 0;
  data()->coordToCell(x, y, &column, &row);
  const double cell = data()->cell(column, row);
  return std::isnan(cell) ? 0 : static_cast<std::uint32_t>(std::lround(std::expm1(cell)));
}

double DensityMap::densest_y(double x) const {
  int column = 0, row = 0, best = 0;
  data()->coordToCell(x, valueAxis()->range().lower, &column, &row);
  const auto value = [&](int r) {
    const double cell = data()->cell(column, r);
    return std::isnan(cell) ? 0 : cell;
  };
  for (row = 0; row < data()->valueSize(); ++row)
    if (value(row) > value(best)) best = row;
  double key = 0, y = 0;
  data()->cellToCoord(column, best, &key, &y);
  return y;
}

}  // namespace equivolve::gui
