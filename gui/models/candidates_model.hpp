// The candidates of a run as a table: filtered and sorted in the background, drawn lazily.
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "gui/models/background.hpp"
#include "gui/models/candidate_data.hpp"
#include "gui/models/candidate_order.hpp"
#include "gui/models/filter.hpp"

namespace equivolve::gui {

/// Used by one thread. Rows keep their persistent indexes through refreshes, sorting and filtering.
class CandidatesModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  explicit CandidatesModel(QObject* parent = nullptr);

  /// Of data(): the ticket, and for a column with numbers where its value lies between the least
  /// and the greatest of the run (0 to 1; nothing where it has none).
  enum Role { kTicketRole = Qt::UserRole, kShareRole };

  /// Another run, or none: the table is emptied.
  void clear();
  /// What is known of the run by now: rows only ever join those before.
  void set_data(const CandidateData& data);
  void set_filter(const Filter& filter);
  const CandidateData& candidates() const { return candidates_; }

  std::uint32_t ticket(int row) const { return order_[static_cast<std::size_t>(row)]; }
  /// The row of a ticket; -1 where it is not shown. Takes time proportional to the rows.
  int row_of(std::uint32_t ticket) const;
  /// Whether filtering or sorting goes on.
  bool is_busy() const { return background_.is_busy(); }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

 Q_SIGNALS:
  /// The order of the rows is that of the data, filter and sorting set last.
  void settled();

 private:
  struct Ordered {
    CandidateData data;
    std::vector<std::uint32_t> order;
  };
  void arrange();
  void take(Ordered ordered);
  void reorder(std::vector<std::uint32_t> order);
  QString text(std::size_t row, int column) const;
  QVariant share(std::size_t row, int column) const;

  CandidateData known_;       // what was set last
  CandidateData candidates_;  // what order_ speaks of
  Filter filter_;
  Sorting sorting_;
  std::vector<std::uint32_t> order_;
  struct Range {
    double low, high;
  };
  std::vector<Range> ranges_;  // of each figure
  Background background_{this};
  bool again_ = false;  // data came while an arrangement was going on
};

/// Six significant digits; "" for NaN.
QString number_text(double value);

}  // namespace equivolve::gui
