// The table of candidates: sorted, filtered, copied, exported.
#pragma once

#include <QTableView>
#include <QWidget>

#include "gui/models/candidates_model.hpp"

namespace equivolve::gui {

class CandidatesPage : public QWidget {
  Q_OBJECT

 public:
  explicit CandidatesPage(CandidatesModel& model, QWidget* parent = nullptr);
  QTableView* view() const { return view_; }
  /// Nothing where the filter hides it.
  void select(std::uint32_t ticket);

  /// The selected rows, tabs between columns, with a header.
  QString selected_text() const;
  /// The shown rows and columns to a .csv or .jsonl file; an error is one line, empty: well.
  QString save(const QString& file) const;

 Q_SIGNALS:
  void candidate_chosen(quint32 ticket);
  void candidate_opened(quint32 ticket);

 private:
  void choose_columns(const QPoint& place);
  std::vector<int> shown_columns() const;

  CandidatesModel& model_;
  QTableView* view_;
  bool removing_ = false;  // rows; the view moves on to others, which nobody chose
};

}  // namespace equivolve::gui
