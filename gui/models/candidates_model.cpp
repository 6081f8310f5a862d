#include "gui/models/candidates_model.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::gui {
namespace {

// Those of `a` that are not in `b`, in their order. Tickets are below `count`.
std::vector<std::uint32_t> without(const std::vector<std::uint32_t>& a,
                                   const std::vector<std::uint32_t>& b, std::size_t count) {
  std::vector<bool> in_b(count);
  for (const std::uint32_t ticket : b) in_b[ticket] = true;
  std::vector<std::uint32_t> rest;
  std::ranges::copy_if(a, std::back_inserter(rest), [&](std::uint32_t t) { return !in_b[t]; });
  return rest;
}

}  // namespace

QString number_text(double value) {
  return std::isnan(value) ? QString() : QString::number(value, 'g', 6);
}

CandidatesModel::CandidatesModel(QObject* parent) : QAbstractTableModel(parent) {}

void CandidatesModel::clear() {
  background_.cancel();
  again_ = false;
  beginResetModel();
  known_ = candidates_ = CandidateData();
  order_.clear();
  ranges_.clear();
  filter_ = Filter();
  endResetModel();
}

void CandidatesModel::set_data(const CandidateData& data) {
  known_ = data;
  if (candidates_.figure_rows().empty() && !data.figure_rows().empty()) {
    beginResetModel();  // the columns are known from now on
    candidates_ = CandidateData(data.figure_rows());
    endResetModel();
  }
  // A run at full speed must not starve the table: what goes on is finished first.
  again_ = background_.is_busy();
  if (!again_) arrange();
}

void CandidatesModel::set_filter(const Filter& filter) {
  filter_ = filter;
  arrange();
}

void CandidatesModel::sort(int column, Qt::SortOrder order) {
  const Sorting sorting{column < 0 ? static_cast<int>(kTicketColumn) : column,
                        order == Qt::DescendingOrder};
  if (sorting == sorting_) return;
  sorting_ = sorting;
  arrange();
}

void CandidatesModel::arrange() {
  again_ = false;
  background_.start(
      [data = known_, filter = filter_,
       sorting = sorting_](const std::atomic<bool>& cancelled) -> std::optional<Ordered> {
        auto order = candidate_order(data, filter, sorting, cancelled);
        if (!order) return std::nullopt;
        return Ordered{data, std::move(*order)};
      },
      [this](Ordered ordered) { take(std::move(ordered)); });
}

void CandidatesModel::take(Ordered ordered) {
  const std::size_t before = candidates_.rows();
  candidates_ = std::move(ordered.data);
  ranges_.resize(candidates_.figure_rows().size(), {kNothing, kNothing});
  for (std::size_t f = 0; f < ranges_.size(); ++f) {
    for (std::size_t row = before; row < candidates_.rows(); ++row) {
      const double value = candidates_.figure(f, row);
      if (!(value >= ranges_[f].low)) ranges_[f].low = std::isnan(value) ? ranges_[f].low : value;
      if (!(value <= ranges_[f].high))
        ranges_[f].high = std::isnan(value) ? ranges_[f].high : value;
    }
  }
  reorder(std::move(ordered.order));
  if (again_)
    arrange();
  else
    Q_EMIT settled();
}

// New rows are inserted at the end, then all are moved to their places, then those that are no
// longer shown, which stand last by then, are removed: so that views keep selection and scroll.
void CandidatesModel::reorder(std::vector<std::uint32_t> order) {
  if (order == order_) return;
  const std::size_t count = candidates_.rows();
  if (const auto added = without(order, order_, count); !added.empty()) {
    const int old = static_cast<int>(order_.size());
    beginInsertRows({}, old, old + static_cast<int>(added.size()) - 1);
    order_.insert(order_.end(), added.begin(), added.end());
    endInsertRows();
    if (order == order_) return;
  }
  const auto removed = without(order_, order, count);
  std::vector<std::uint32_t> arranged = order;
  arranged.insert(arranged.end(), removed.begin(), removed.end());
  if (arranged != order_) {
    Q_EMIT layoutAboutToBeChanged();
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    if (!from.isEmpty()) {
      std::vector<int> place(count, -1);
      for (std::size_t row = 0; row < arranged.size(); ++row)
        place[arranged[row]] = static_cast<int>(row);
      for (const QModelIndex& index : from)
        to.append(this->index(place[ticket(index.row())], index.column()));
    }
    order_ = std::move(arranged);
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged();
  }
  if (!removed.empty()) {
    beginRemoveRows({}, static_cast<int>(order.size()), static_cast<int>(order_.size()) - 1);
    order_ = std::move(order);
    endRemoveRows();
  }
}

int CandidatesModel::row_of(std::uint32_t ticket) const {
  const auto found = std::ranges::find(order_, ticket);
  return found == order_.end() ? -1 : static_cast<int>(found - order_.begin());
}

int CandidatesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(order_.size());
}

int CandidatesModel::columnCount(const QModelIndex& parent) const {
  if (parent.isValid()) return 0;
  return kFirstFigureColumn + static_cast<int>(candidates_.figure_rows().size());
}

QString CandidatesModel::text(std::size_t row, int column) const {
  switch (column) {
    case kTicketColumn:
      return QString::number(row);
    case kBirthColumn:
      return QString::number(candidates_.birth(row));
    case kClassColumn:
      return candidates_.cls(row) == engine::kNone64 ? QString()
                                                     : QString::number(candidates_.cls(row));
    case kStatusColumn: {
      const QString reason = QString::fromUtf8(reason_name(candidates_.reason(row)));
      return QString::fromUtf8(status_name(candidates_.status(row))) +
             (reason.isEmpty() ? QString() : " (" + reason + ")");
    }
    case kDuplicateColumn:
      return !candidates_.has(kDuplicate, row) ? QStringLiteral("new")
             : candidates_.has(kWrong, row)    ? QStringLiteral("duplicate, wrong")
             : candidates_.has(kVerified, row) ? QStringLiteral("duplicate, verified")
                                               : QStringLiteral("duplicate");
    case kLevelColumn:
      return QString::number(candidates_.level(row));
    case kSecondsColumn:
      return number_text(candidates_.seconds(row));
    default:
      return number_text(
          candidates_.figure(static_cast<std::size_t>(column - kFirstFigureColumn), row));
  }
}

QVariant CandidatesModel::share(std::size_t row, int column) const {
  if (column < kFirstFigureColumn) return {};
  const auto figure = static_cast<std::size_t>(column - kFirstFigureColumn);
  const double value = candidates_.figure(figure, row);
  const Range range = ranges_[figure];
  if (std::isnan(value) || !(range.high > range.low)) return {};
  return std::clamp((value - range.low) / (range.high - range.low), 0.0, 1.0);
}

QVariant CandidatesModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const std::uint32_t row = ticket(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return text(row, index.column());
    case kTicketRole:
      return row;
    case kShareRole:
      return share(row, index.column());
    case Qt::TextAlignmentRole:
      return index.column() == kStatusColumn || index.column() == kDuplicateColumn
                 ? QVariant(Qt::AlignLeft | Qt::AlignVCenter)
                 : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    default:
      return {};
  }
}

QVariant CandidatesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
      section >= columnCount())
    return {};
  static const QStringList kNames = {"ticket",    "birth", "class",  "status",
                                     "behaviour", "level", "seconds"};
  if (section < kFirstFigureColumn) return kNames[section];
  const engine::FigureRow& figure =
      candidates_.figure_rows()[static_cast<std::size_t>(section - kFirstFigureColumn)];
  const QString unit = QString::fromStdString(figure.unit);
  return QString::fromStdString(figure.name) + (unit.isEmpty() ? QString() : " (" + unit + ")");
}

}  // namespace equivolve::gui
