// Cells with a bar behind their text, as long as the model's share says.
#pragma once

#include <QStyledItemDelegate>

namespace equivolve::gui {

class BarDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  /// `share_role`: a number from 0 to 1, or nothing.
  BarDelegate(int share_role, QObject* parent)
      : QStyledItemDelegate(parent), share_role_(share_role) {}
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;

 private:
  int share_role_;
};

}  // namespace equivolve::gui
