#include "gui/models/candidates_model.hpp"

#include <algorithm>
#include <cmath>

#include <QLocale>

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

CandidatesModel::CandidatesModel(QObject* parent) : QAbstractTableModel(parent) {
  pause_.setSingleShot(true);
  connect(&pause_, &QTimer::timeout, this, [this] {
    if (again_) arrange();
  });
}

void CandidatesModel::clear() {
  background_.cancel();
  again_ = false;
  beginResetModel();
  known_ = candidates_ = CandidateData();
  order_ = std::make_shared<const std::vector<std::uint32_t>>();
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
  again_ = background_.is_busy() || pause_.isActive();
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
  arranging_.start();
  background_.start(
      [data = known_, filter = filter_, sorting = sorting_, ranges = ranges_, shown = order_,
       before = candidates_.rows()](
          const std::atomic<bool>& cancelled) mutable -> std::optional<Arrangement> {
        auto order = candidate_order(data, filter, sorting, cancelled);
        if (!order) return std::nullopt;
        return arrangement(std::move(data), std::move(ranges), before, shown, std::move(*order));
      },
      [this](Arrangement arranged) { take(std::move(arranged)); });
}

namespace {

/// Of the rows from `begin` on as well.
template <class Ranges>
void widen(Ranges& ranges, const CandidateData& data, std::size_t begin) {
  for (std::size_t f = 0; f < ranges.size(); ++f)
    for (std::size_t row = begin; row < data.rows(); ++row) {
      const double value = data.figure(f, row);
      if (std::isnan(value)) continue;
      if (!(value >= ranges[f].low)) ranges[f].low = value;
      if (!(value <= ranges[f].high)) ranges[f].high = value;
    }
}

std::shared_ptr<const std::vector<std::uint32_t>> joined(std::vector<std::uint32_t> first,
                                                         const std::vector<std::uint32_t>& then) {
  first.insert(first.end(), then.begin(), then.end());
  return std::make_shared<const std::vector<std::uint32_t>>(std::move(first));
}

}  // namespace

CandidatesModel::Arrangement CandidatesModel::arrangement(CandidateData data,
                                                          std::vector<Range> ranges,
                                                          std::size_t rows_before,
                                                          const Order& shown,
                                                          std::vector<std::uint32_t> order) {
  const std::size_t count = data.rows();
  ranges.resize(data.figure_rows().size(), {kNothing, kNothing});
  widen(ranges, data, rows_before);
  Arrangement arranged;
  arranged.grown = joined(*shown, without(order, *shown, count));
  arranged.moved = joined(order, without(*shown, order, count));
  arranged.place.assign(count, -1);
  for (std::size_t row = 0; row < arranged.moved->size(); ++row)
    arranged.place[(*arranged.moved)[row]] = static_cast<int>(row);
  if (*arranged.moved == *arranged.grown) arranged.moved = arranged.grown;
  arranged.order = arranged.moved->size() == order.size()
                       ? arranged.moved
                       : std::make_shared<const std::vector<std::uint32_t>>(std::move(order));
  arranged.data = std::move(data);
  arranged.ranges = std::move(ranges);
  return arranged;
}

// New rows are inserted at the end, then all are moved to their places, then those that are no
// longer shown, which stand last by then, are removed: so that views keep selection and scroll.
void CandidatesModel::take(Arrangement arranged) {
  candidates_ = std::move(arranged.data);
  ranges_ = std::move(arranged.ranges);
  const auto rows = [](const Order& order) { return static_cast<int>(order->size()); };
  if (rows(arranged.grown) > rows(order_)) {
    beginInsertRows({}, rows(order_), rows(arranged.grown) - 1);
    order_ = arranged.grown;
    endInsertRows();
  }
  if (arranged.moved != arranged.grown) move_rows(arranged);
  if (rows(arranged.order) < rows(order_)) {
    beginRemoveRows({}, rows(arranged.order), rows(order_) - 1);
    order_ = arranged.order;
    endRemoveRows();
  }
  constexpr qint64 kIdleShare = 10;
  pause_.start(static_cast<int>(kIdleShare * arranging_.elapsed()));
  Q_EMIT settled();
}

void CandidatesModel::move_rows(Arrangement& arranged) {
  Q_EMIT layoutAboutToBeChanged();
  const QModelIndexList from = persistentIndexList();
  QModelIndexList to;
  for (const QModelIndex& index : from)
    to.append(this->index(arranged.place[ticket(index.row())], index.column()));
  order_ = arranged.moved;
  changePersistentIndexList(from, to);
  Q_EMIT layoutChanged();
}

int CandidatesModel::row_of(std::uint32_t ticket) const {
  const auto found = std::ranges::find(*order_, ticket);
  return found == order_->end() ? -1 : static_cast<int>(found - order_->begin());
}

int CandidatesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(order_->size());
}

int CandidatesModel::columnCount(const QModelIndex& parent) const {
  if (parent.isValid()) return 0;
  return kFirstFigureColumn + static_cast<int>(candidates_.figure_rows().size());
}

QString cell_text(const CandidateData& data, std::size_t row, int column) {
  switch (column) {
    case kTicketColumn:
      return QString::number(row);
    case kBirthColumn:
      return QString::number(data.birth(row));
    case kClassColumn:
      return data.cls(row) == engine::kNone64 ? QString() : QString::number(data.cls(row));
    case kStatusColumn:
      return QString::fromStdString(status_text(data.status(row), data.reason(row)));
    case kDuplicateColumn:
      return !data.has(kDuplicate, row) ? QStringLiteral("new")
             : data.has(kWrong, row)    ? QStringLiteral("duplicate, wrong")
             : data.has(kVerified, row) ? QStringLiteral("duplicate, verified")
                                        : QStringLiteral("duplicate");
    case kLevelColumn:
      return QString::number(data.level(row));
    case kSecondsColumn:
      return number_text(data.seconds(row));
    default:
      return number_text(data.figure(static_cast<std::size_t>(column - kFirstFigureColumn), row));
  }
}

// The cell shows six digits.
QString CandidatesModel::whole_text(std::size_t row, int column) const {
  const QString name = headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  const bool number = column == kSecondsColumn || column >= kFirstFigureColumn;
  const double value = number ? sort_value(candidates_, column, row) : kNothing;
  const QString text = std::isnan(value)
                           ? cell_text(candidates_, row, column)
                           : QString::number(value, 'g', QLocale::FloatingPointShortest);
  return name + ": " + (text.isEmpty() ? QStringLiteral("none") : text);
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
      return cell_text(candidates_, row, index.column());
    case kTicketRole:
      return row;
    case kShareRole:
      return share(row, index.column());
    case Qt::ToolTipRole:
      return whole_text(row, index.column());
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
