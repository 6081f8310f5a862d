// The runs of the file, searched, folded by group; those selected are compared.
#pragma once

#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QWidget>

#include "gui/charts/chart.hpp"
#include "gui/models/runs_model.hpp"

namespace equivolve::gui {

class RunsPage : public QWidget {
  Q_OBJECT

 public:
  explicit RunsPage(RunsModel& model, QWidget* parent = nullptr);
  void set_runs(const std::vector<RunRow>& runs);
  void select(engine::RunId run);
  void focus_search() { search_->setFocus(); }
  /// Of the selected runs: the best so far of all, and what they found.
  const std::vector<Chart*>& charts() const { return charts_; }
  QTreeView* view() const { return view_; }

 Q_SIGNALS:
  void run_chosen(qint64 run);  ///< made the current one
  void run_opened(qint64 run);  ///< by Enter or a double click

 private:
  void compare();
  qint64 run_of(const QModelIndex& proxied) const;

  RunsModel& model_;
  QSortFilterProxyModel* proxy_;
  QLineEdit* search_;
  QTreeView* view_;
  Chart *curves_, *comparison_;
  std::vector<Chart*> charts_ = {curves_, comparison_};
};

}  // namespace equivolve::gui
