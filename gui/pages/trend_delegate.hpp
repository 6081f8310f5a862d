// Cells with a small curve.
#pragma once

#include <QStyledItemDelegate>

namespace equivolve::gui {

class TrendDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  /// `curve_role`: a QList<QPointF> from 0 to 1, y upwards; or nothing.
  TrendDelegate(int curve_role, QObject* parent)
      : QStyledItemDelegate(parent), curve_role_(curve_role) {}
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 private:
  int curve_role_;
};

}  // namespace equivolve::gui
