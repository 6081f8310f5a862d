// The runs of a results file: groups with their runs below them, and runs of their own.
#pragma once

#include <vector>

#include <QAbstractItemModel>

#include "gui/models/run_row.hpp"

namespace equivolve::gui {

/// Used by one thread. Runs keep their indexes through refreshes, so views keep selection, scroll
/// and what is folded.
class RunsModel : public QAbstractItemModel {
  Q_OBJECT

 public:
  enum Column {
    kName,
    kNumber,
    kEvaluator,
    kState,
    kProgress,
    kBest,
    kTrend,
    kRate,
    kDuplicates,
    kSaved,
    kStarted,
    kColumns
  };
  /// Of data(): the run's number (0 for groups); a number to sort by; progress from 0 to 1 where
  /// there is a budget; the curve of the best so far as a QList<QPointF> from 0 to 1.
  enum Role { kRunRole = Qt::UserRole, kSortRole, kShareRole, kCurveRole };

  explicit RunsModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}

  void set_runs(const std::vector<RunRow>& runs);
  /// Null for none such.
  const RunRow* run(engine::RunId id) const;
  QModelIndex index_of(engine::RunId id) const;

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& index) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  /// One row of the top level: a run of its own, or a group.
  struct Node {
    engine::GroupId group = 0;  ///< 0: a run of its own
    std::string name;           ///< of the group
    std::vector<RunRow> runs;   ///< one where it is no group
  };
  std::vector<Node> nodes_;

  static std::vector<Node> nodes_of(const std::vector<RunRow>& runs);
  bool has_shape_of(const std::vector<Node>& nodes) const;
  void grow_to(const std::vector<Node>& nodes);
  const RunRow* run_at(const QModelIndex& index) const;
  QVariant text(const RunRow& run, int column) const;
  QString tool_tip(const RunRow& run, int column) const;
  static QVariant sort_key(const RunRow& run, int column);
};

}  // namespace equivolve::gui
