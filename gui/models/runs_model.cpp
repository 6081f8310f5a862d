#include "gui/models/runs_model.hpp"

#include <algorithm>

#include <QDateTime>
#include <QLocale>
#include <QPointF>

#include "gui/models/candidates_model.hpp"

namespace equivolve::gui {
namespace {

// Indexes of runs within a group carry their group's row + 1; those of the top level carry 0.
constexpr quintptr kTop = 0;

QString optional_text(const std::optional<double>& value) {
  return value ? number_text(*value) : QString();
}

QString seconds_text(double seconds) {
  if (seconds < 60) return QString::number(seconds, 'f', seconds < 10 ? 2 : 1) + " s";
  if (seconds < 3600) return QString::number(seconds / 60, 'f', 1) + " min";
  return QString::number(seconds / 3600, 'f', 1) + " h";
}

double now() {
  return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

/// The curve between its least and greatest value and over the run's candidates.
QList<QPointF> curve_of(const RunRow& run) {
  QList<QPointF> points;
  if (!run.curve || run.curve->empty()) return points;
  const auto [low, high] = std::ranges::minmax_element(*run.curve, {}, &CurvePoint::best);
  const double range = high->best - low->best;
  for (const CurvePoint& point : *run.curve)
    points.append({static_cast<double>(point.told) / static_cast<double>(run.curve->back().told),
                   range > 0 ? (point.best - low->best) / range : 0.5});
  return points;
}

}  // namespace

std::vector<RunsModel::Node> RunsModel::nodes_of(const std::vector<RunRow>& runs) {
  std::vector<Node> nodes;
  for (const RunRow& run : runs) {
    const engine::GroupId group = run.info.head.origin.group;
    auto node = nodes.end();
    if (group != 0)
      node = std::ranges::find_if(nodes, [&](const Node& n) { return n.group == group; });
    if (node == nodes.end()) {
      nodes.push_back({group, run.group, {}});
      node = std::prev(nodes.end());
    }
    node->runs.push_back(run);
  }
  return nodes;
}

// Runs are added at the end, as a rule; where one was deleted everything is set anew.
bool RunsModel::has_shape_of(const std::vector<Node>& nodes) const {
  if (nodes.size() < nodes_.size()) return false;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const auto &mine = nodes_[n].runs, &theirs = nodes[n].runs;
    if (nodes_[n].group != nodes[n].group || theirs.size() < mine.size()) return false;
    for (std::size_t r = 0; r < mine.size(); ++r)
      if (mine[r].info.id != theirs[r].info.id) return false;
  }
  return true;
}

void RunsModel::grow_to(const std::vector<Node>& nodes) {
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const int old = static_cast<int>(nodes_[n].runs.size()),
              now = static_cast<int>(nodes[n].runs.size());
    if (now == old) continue;
    beginInsertRows(index(static_cast<int>(n), 0), old, now - 1);
    nodes_[n].runs = nodes[n].runs;
    endInsertRows();
  }
  if (nodes.size() == nodes_.size()) return;
  beginInsertRows({}, static_cast<int>(nodes_.size()), static_cast<int>(nodes.size()) - 1);
  nodes_.insert(nodes_.end(), nodes.begin() + static_cast<std::ptrdiff_t>(nodes_.size()),
                nodes.end());
  endInsertRows();
}

void RunsModel::set_runs(const std::vector<RunRow>& runs) {
  std::vector<Node> nodes = nodes_of(runs);
  if (!has_shape_of(nodes)) {
    beginResetModel();
    nodes_ = std::move(nodes);
    endResetModel();
    return;
  }
  grow_to(nodes);
  nodes_ = std::move(nodes);
  for (int n = 0; n < rowCount(); ++n) {
    const QModelIndex top = index(n, 0);
    Q_EMIT dataChanged(top, index(n, kColumns - 1));
    if (const int inner = rowCount(top); inner > 0)
      Q_EMIT dataChanged(index(0, 0, top), index(inner - 1, kColumns - 1, top));
  }
}

const RunRow* RunsModel::run(engine::RunId id) const {
  return run_at(index_of(id));
}

QModelIndex RunsModel::index_of(engine::RunId id) const {
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    for (std::size_t r = 0; r < nodes_[n].runs.size(); ++r)
      if (nodes_[n].runs[r].info.id == id)
        return nodes_[n].group == 0 ? index(static_cast<int>(n), 0)
                                    : index(static_cast<int>(r), 0, index(static_cast<int>(n), 0));
  return {};
}

QModelIndex RunsModel::index(int row, int column, const QModelIndex& parent) const {
  if (row < 0 || column < 0 || row >= rowCount(parent) || column >= kColumns) return {};
  return createIndex(row, column,
                     parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kTop);
}

QModelIndex RunsModel::parent(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == kTop) return {};
  return createIndex(static_cast<int>(index.internalId()) - 1, 0, kTop);
}

int RunsModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return static_cast<int>(nodes_.size());
  if (parent.internalId() != kTop || parent.column() != 0) return 0;
  const Node& node = nodes_[static_cast<std::size_t>(parent.row())];
  return node.group == 0 ? 0 : static_cast<int>(node.runs.size());
}

int RunsModel::columnCount(const QModelIndex&) const {
  return kColumns;
}

const RunRow* RunsModel::run_at(const QModelIndex& index) const {
  if (!index.isValid()) return nullptr;
  if (index.internalId() != kTop)
    return &nodes_[index.internalId() - 1].runs[static_cast<std::size_t>(index.row())];
  const Node& node = nodes_[static_cast<std::size_t>(index.row())];
  return node.group == 0 ? &node.runs.front() : nullptr;
}

QVariant RunsModel::text(const RunRow& run, int column) const {
  switch (column) {
    case kName:
      return QString::fromStdString(run.info.head.name);
    case kNumber:
      return QString::number(run.info.id);
    case kEvaluator:
      return QString::fromStdString(run.info.head.evaluator);
    case kState:
      return QString::fromStdString(state_text(run, now()));
    case kProgress:
      return QLocale::c().toString(static_cast<qulonglong>(run.info.state.told)) +
             (run.budget ? " / " + QLocale::c().toString(*run.budget, 'f', 0) : QString());
    case kBest:
      return run.best ? QString::fromStdString(run.objective) + " " + number_text(*run.best)
                      : QString();
    case kTrend:
      return {};
    case kRate:
      return run.rate ? number_text(*run.rate) + " /s" : QString();
    case kDuplicates:
      return run.duplicates ? QString::number(100 * *run.duplicates, 'f', 1) + " %" : QString();
    case kSaved:
      return run.seconds_saved ? seconds_text(*run.seconds_saved)
                               : optional_text(run.seconds_saved);
    default:
      return QString::fromStdString(run.info.created).left(19).replace('T', ' ');
  }
}

QString RunsModel::tool_tip(const RunRow& run, int column) const {
  if (column == kState) return "last heartbeat " + QString::fromStdString(run.info.heartbeat);
  if (column != kTrend) return text(run, column).toString();
  if (!run.curve || run.curve->empty()) return {};
  return QString("%1 from %2 to %3")
      .arg(QString::fromStdString(run.objective), number_text(run.curve->front().best),
           number_text(run.curve->back().best));
}

QVariant RunsModel::sort_key(const RunRow& run, int column) {
  switch (column) {
    case kNumber:
      return static_cast<qlonglong>(run.info.id);
    case kProgress:
      return static_cast<double>(run.info.state.told);
    case kBest:
      return run.best.value_or(kNothing);
    case kRate:
      return run.rate.value_or(-1);
    case kDuplicates:
      return run.duplicates.value_or(-1);
    case kSaved:
      return run.seconds_saved.value_or(-1);
    default:
      return {};
  }
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const RunRow* run = run_at(index);
  if (run == nullptr) {
    const Node& group = nodes_[static_cast<std::size_t>(index.row())];
    if (role == kRunRole) return 0;
    const bool shown = role == Qt::DisplayRole || role == kSortRole;
    if (shown && index.column() == kName) return QString::fromStdString(group.name);
    if (shown && index.column() == kNumber) return "g" + QString::number(group.group);
    if (shown && index.column() == kProgress) return QString::number(group.runs.size()) + " runs";
    return {};
  }
  const bool numeric = sort_key(*run, index.column()).isValid();
  switch (role) {
    case Qt::DisplayRole:
      return text(*run, index.column());
    case kRunRole:
      return static_cast<qlonglong>(run->info.id);
    case kCurveRole:
      return index.column() == kTrend ? QVariant::fromValue(curve_of(*run)) : QVariant();
    case kSortRole:
      return numeric ? sort_key(*run, index.column()) : text(*run, index.column());
    case kShareRole:
      if (index.column() == kDuplicates && run->duplicates) return *run->duplicates;
      if (index.column() != kProgress || !run->budget || *run->budget <= 0) return {};
      return std::min(1.0, static_cast<double>(run->info.state.told) / *run->budget);
    case Qt::ToolTipRole:
      return tool_tip(*run, index.column());
    case Qt::TextAlignmentRole:
      return numeric ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                     : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    default:
      return {};
  }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  static const QStringList kNames = {"name",       "run",        "evaluator",    "state",
                                     "candidates", "best",       "best so far",  "rate",
                                     "duplicates", "time saved", "started (UTC)"};
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
      section >= kColumns)
    return {};
  return kNames[section];
}

}  // namespace equivolve::gui
