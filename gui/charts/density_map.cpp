#include "gui/charts/density_map.hpp"

#include <cmath>

#include "gui/charts/chart_colours.hpp"

namespace equivolve::gui {
namespace {

constexpr int kCell = 2;  // pixels

/// Where a coordinate lies in cells of an axis.
class Scale {
 public:
  Scale(const QCPAxis* axis, int cells)
      : log_(axis->scaleType() == QCPAxis::stLogarithmic),
        low_(of(axis->range().lower)),
        per_unit_(cells / (of(axis->range().upper) - low_)) {}
  double operator()(double value) const { return (of(value) - low_) * per_unit_; }

 private:
  double of(double value) const { return log_ ? std::log(value) : value; }
  bool log_;
  double low_, per_unit_;
};

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
  std::vector<std::uint32_t> counts(width * static_cast<std::size_t>(rows));
  const Scale column_of(keyAxis(), columns), row_of(valueAxis(), rows);
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < cloud_->x.size(); ++i) {
    const double column = column_of(cloud_->x[i]), row = row_of(cloud_->y[i]);
    if (!(column >= 0 && column < columns && row >= 0 && row < rows)) continue;
    const std::size_t cell =
        static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column);
    most = std::max(most, ++counts[cell]);
  }
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
