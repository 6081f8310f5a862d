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

  /// A menu of all columns; what is chosen there is remembered by name for all runs, and so are
  /// widths and order.
  void choose_columns();

  /// The selected rows, tabs between columns, with a header.
  QString selected_text() const;
  /// The shown rows and columns, as they are by now, to a .csv or .jsonl file; saved() follows.
  void save(const QString& file);

 Q_SIGNALS:
  void candidate_chosen(quint32 ticket);
  void candidate_opened(quint32 ticket);
  void saved(const QString& problem);  ///< one line for people; empty: all is well

 private:
  void show_remembered_columns();
  void remember_width(int column, int width);
  void remember_order();
  void show_column(int column, bool shown);
  QString column_name(int column) const;
  std::vector<int> shown_columns() const;

  CandidatesModel& model_;
  QTableView* view_;
  Background saving_{this};
  bool restoring_ = false;  // what was remembered, which is no news
  bool removing_ = false;   // rows; the view moves on to others, which nobody chose
};

}  // namespace equivolve::gui
