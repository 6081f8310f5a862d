#include "gui/pages/bar_delegate.hpp"

#include <QPainter>

#include "gui/charts/chart_colours.hpp"

namespace equivolve::gui {

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
  const QVariant share = index.data(share_role_);
  if (share.isValid() && !(option.state & QStyle::State_Selected)) {
    QRectF bar = option.rect.adjusted(1, 1, -1, -1);
    bar.setWidth(bar.width() * share.toDouble());
    QColor colour = series_colour(option.palette, 0);
    colour.setAlphaF(0.25F);
    painter->fillRect(bar, colour);
  }
  QStyledItemDelegate::paint(painter, option, index);
}

}  // namespace equivolve::gui
