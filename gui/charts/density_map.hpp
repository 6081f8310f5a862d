// A point cloud as a map of how many points lie at each place.
#pragma once

#include <memory>

#include <qcustomplot.h>
#include <QPalette>

#include "gui/models/chart_data.hpp"

namespace equivolve::gui {

/// Counts the points anew for each frame, in cells of two pixels on the pixels' grid: so that a
/// million points take milliseconds, and logarithmic axes need no care.
class DensityMap : public QCPColorMap {
  Q_OBJECT

 public:
  DensityMap(QCPAxis* x, QCPAxis* y, std::shared_ptr<const ChartData::Cloud> cloud,
             const QPalette& palette);

  /// Points in the cell at the place, in coordinates of the axes, as of the last frame.
  std::uint32_t count_at(double x, double y) const;
  /// Where most points lie at that x.
  double densest_y(double x) const;

 protected:
  void draw(QCPPainter* painter) override;

 private:
  void count();
  std::shared_ptr<const ChartData::Cloud> cloud_;
};

}  // namespace equivolve::gui
