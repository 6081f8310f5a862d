// The candidates of a run as a table: filtered and sorted in the background, drawn lazily.
#pragma once

#include <memory>
#include <vector>

#include <QAbstractTableModel>
#include <QElapsedTimer>
#include <QTimer>

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
  /// What is known of the run by now: rows only ever join those before. A live run's are arranged
  /// for at most a tenth of the time.
  void set_data(const CandidateData& data);
  void set_filter(const Filter& filter);
  const CandidateData& candidates() const { return candidates_; }

  /// The rows as they are shown.
  const std::shared_ptr<const std::vector<std::uint32_t>>& tickets() const { return order_; }
  std::uint32_t ticket(int row) const { return (*order_)[static_cast<std::size_t>(row)]; }
  /// The row of a ticket; -1 where it is not shown. Takes time proportional to the rows.
  int row_of(std::uint32_t ticket) const;
  /// Whether filtering or sorting goes on.
  bool is_busy() const { return background_.is_busy() || again_; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

 Q_SIGNALS:
  /// The order of the rows is that of the data, filter and sorting set last.
  void settled();

 private:
  using Order = std::shared_ptr<const std::vector<std::uint32_t>>;
  struct Range {
    double low, high;
  };
  /// Everything that takes time proportional to the rows, so that the window never waits for it.
  struct Arrangement {
    CandidateData data;
    std::vector<Range> ranges;
    Order grown;             // what was shown, then what is new
    Order moved;             // the same in its new order, then what is shown no longer
    Order order;             // what is shown from now on
    std::vector<int> place;  // in `moved`, by ticket; -1: not shown
  };
  static Arrangement arrangement(CandidateData data, std::vector<Range> ranges,
                                 std::size_t rows_before, const Order& shown,
                                 std::vector<std::uint32_t> order);
  void arrange();
  void take(Arrangement arranged);
  void move_rows(Arrangement& arranged);
  QVariant share(std::size_t row, int column) const;
  QString whole_text(std::size_t row, int column) const;

  CandidateData known_;       // what was set last
  CandidateData candidates_;  // what order_ speaks of
  Filter filter_;
  Sorting sorting_;
  Order order_ = std::make_shared<const std::vector<std::uint32_t>>();
  std::vector<Range> ranges_;  // of each figure
  Background background_{this};
  bool again_ = false;  // data came while an arrangement was going on, or too soon after it
  QElapsedTimer arranging_;
  QTimer pause_;
};

/// Six significant digits; "" for NaN.
QString number_text(double value);

/// What the table shows of a candidate.
QString cell_text(const CandidateData& data, std::size_t row, int column);

}  // namespace equivolve::gui
