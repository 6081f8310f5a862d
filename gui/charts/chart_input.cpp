// A chart's mouse and keys: zooming, hovering.
#include <cmath>

#include <QToolTip>

#include "gui/charts/chart.hpp"

namespace equivolve::gui {

void Chart::push_zoom() {
  zooms_.push_back({xAxis->range(), yAxis->range()});
}

bool Chart::zoom_back() {
  if (zooms_.empty()) return false;
  xAxis->setRange(zooms_.back().x);
  yAxis->setRange(zooms_.back().y);
  zooms_.pop_back();
  if (zooms_.empty()) fit_ranges();  // the data may have grown since
  replot(QCustomPlot::rpQueuedReplot);
  return true;
}

void Chart::zoom_out() {
  while (zoom_back()) {
  }
}

void Chart::zoom_by(double factor) {
  push_zoom();
  for (QCPAxis* axis : {xAxis, yAxis}) axis->scaleRange(factor);
  replot(QCustomPlot::rpQueuedReplot);
}

// By shares of what is seen.
void Chart::pan(double x, double y) {
  push_zoom();
  const auto move = [](QCPAxis* axis, double share) {
    const QCPRange range = axis->range();
    if (axis->scaleType() == QCPAxis::stLogarithmic)
      axis->moveRange(std::pow(range.upper / range.lower, share));
    else
      axis->moveRange(share * range.size());
  };
  if (x != 0) move(xAxis, x);
  if (y != 0) move(yAxis, y);
  replot(QCustomPlot::rpQueuedReplot);
}

void Chart::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Escape:
      if (!zoom_back()) event->ignore();
      return;
    case Qt::Key_0:
      return zoom_out();
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoom_by(0.7);
    case Qt::Key_Minus:
      return zoom_by(1 / 0.7);
    case Qt::Key_Left:
      return pan(-0.2, 0);
    case Qt::Key_Right:
      return pan(0.2, 0);
    case Qt::Key_Up:
      return pan(0, 0.2);
    case Qt::Key_Down:
      return pan(0, -0.2);
    default:
      QCustomPlot::keyPressEvent(event);
      event->ignore();
  }
}

void Chart::wheelEvent(QWheelEvent* event) {
  push_zoom();
  QCustomPlot::wheelEvent(event);
}

void Chart::mouseDoubleClickEvent(QMouseEvent* event) {
  zoom_out();
  event->accept();
}

void Chart::processRectZoom(QRect rect, QMouseEvent* event) {
  constexpr int kLeastPixels = 5;  // less is a click
  if (rect.width() < kLeastPixels || rect.height() < kLeastPixels) return;
  push_zoom();
  QCustomPlot::processRectZoom(rect, event);
}

namespace {
QString number(double value) {
  return QString::number(value, 'g', 6);
}
}  // namespace

QString Chart::value_at(QPointF place) const {
  if (!axisRect()->rect().contains(place.toPoint())) return {};
  const double x = xAxis->pixelToCoord(place.x());
  if (density_ != nullptr) {
    const double y = yAxis->pixelToCoord(place.y());
    const std::uint32_t count = density_->count_at(x, y);
    if (count == 0) return {};
    return QString("%1 candidates near %2, %3").arg(count).arg(number(x), number(y));
  }
  QStringList lines;
  if (chart_.intervals.empty()) lines.append(xAxis->label() + ": " + number(x));
  const auto add_nearest = [&](const std::string& name, const std::vector<double>& xs,
                               const auto& text) {
    if (xs.empty()) return;
    auto at = std::upper_bound(xs.begin(), xs.end(), x);
    if (at != xs.begin()) --at;
    lines.append(QString::fromStdString(name) + ": " +
                 text(static_cast<std::size_t>(at - xs.begin())));
  };
  for (const ChartData::Line& line : chart_.lines)
    add_nearest(line.name, line.x, [&](std::size_t i) { return number(line.y[i]); });
  for (const ChartData::Band& band : chart_.bands)
    add_nearest(band.name, band.x,
                [&](std::size_t i) { return number(band.low[i]) + " to " + number(band.high[i]); });
  for (const ChartData::Line& part : chart_.stack.parts)
    add_nearest(part.name, part.x, [&](std::size_t i) { return number(100 * part.y[i]) + " %"; });
  for (const ChartData::Histogram& histogram : chart_.histograms)
    add_nearest(histogram.name, histogram.edges, [&](std::size_t i) {
      return number(i < histogram.counts.size() ? histogram.counts[i] : 0);
    });
  const std::vector<std::string> rows = interval_rows();
  const double from_above = static_cast<double>(rows.size()) - yAxis->pixelToCoord(place.y());
  const auto row = static_cast<std::size_t>(std::max(0.0, std::round(from_above)));
  for (const ChartData::Intervals& group : chart_.intervals)
    for (std::size_t i = 0; row < rows.size() && i < group.rows.size(); ++i)
      if (group.rows[i] == rows[row])
        lines.append(QString("%1, %2: %3 [%4, %5]")
                         .arg(QString::fromStdString(rows[row]), QString::fromStdString(group.name),
                              number(group.mean[i]), number(group.low[i]), number(group.high[i])));
  return lines.join('\n');
}

void Chart::mouseMoveEvent(QMouseEvent* event) {
  QCustomPlot::mouseMoveEvent(event);
  const QString text = event->buttons() == Qt::NoButton && !chart_.is_empty()
                           ? value_at(event->position())
                           : QString();
  QToolTip::showText(event->globalPosition().toPoint(), text, this);
}

void Chart::step_reading(int step) {
  reading_ = std::clamp(reading_ + 0.01 * step, 0.0, 1.0);
  const QRect area = axisRect()->rect();
  QPointF place(area.left() + reading_ * area.width(), area.center().y());
  if (density_ != nullptr)
    place.setY(yAxis->coordToPixel(density_->densest_y(xAxis->pixelToCoord(place.x()))));
  const QString text = value_at(place);
  QToolTip::showText(mapToGlobal(place.toPoint()), text.isEmpty() ? "nothing here" : text, this);
}

void Chart::leaveEvent(QEvent* event) {
  QToolTip::hideText();
  QCustomPlot::leaveEvent(event);
}

}  // namespace equivolve::gui
