#include "gui/pages/trend_delegate.hpp"

#include <QPainter>

#include "gui/charts/chart_colours.hpp"

namespace equivolve::gui {

void TrendDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);
  const auto curve = index.data(curve_role_).value<QList<QPointF>>();
  if (curve.isEmpty()) return;
  const QRectF area = QRectF(option.rect).adjusted(3, 2, -3, -2);
  const auto place = [&area](QPointF point) {
    return QPointF(area.left() + point.x() * area.width(),
                   area.bottom() - point.y() * area.height());
  };
  QPolygonF steps;  // the best holds until it is beaten
  for (const QPointF& point : curve) {
    if (!steps.isEmpty()) steps.append({place(point).x(), steps.last().y()});
    steps.append(place(point));
  }
  const bool selected = (option.state & QStyle::State_Selected) != 0;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(
      selected ? option.palette.color(QPalette::HighlightedText) : series_colour(option.palette, 2),
      1.3));
  painter->drawPolyline(steps);
  painter->restore();
}

QSize TrendDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  constexpr int kWidth = 90;
  return {kWidth, QStyledItemDelegate::sizeHint(option, index).height()};
}

}  // namespace equivolve::gui
