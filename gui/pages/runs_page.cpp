#include "gui/pages/runs_page.hpp"

#include <algorithm>

#include <QHeaderView>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/models/comparison.hpp"
#include "gui/pages/bar_delegate.hpp"
#include "gui/pages/trend_delegate.hpp"

namespace equivolve::gui {

RunsPage::RunsPage(RunsModel& model, QWidget* parent)
    : QWidget(parent),
      model_(model),
      proxy_(new QSortFilterProxyModel(this)),
      search_(new QLineEdit),
      view_(new QTreeView),
      curves_(new Chart),
      comparison_(new Chart) {
  proxy_->setSourceModel(&model_);
  proxy_->setSortRole(RunsModel::kSortRole);
  proxy_->setRecursiveFilteringEnabled(true);
  proxy_->setFilterKeyColumn(-1);
  proxy_->setFilterCaseSensitivity(Qt::CaseInsensitive);
  search_->setPlaceholderText("search runs");
  search_->setClearButtonEnabled(true);
  connect(search_, &QLineEdit::textChanged, proxy_, &QSortFilterProxyModel::setFilterFixedString);
  view_->setModel(proxy_);
  view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  view_->setAlternatingRowColors(true);
  view_->setUniformRowHeights(true);
  view_->setSortingEnabled(true);
  view_->sortByColumn(RunsModel::kNumber, Qt::AscendingOrder);
  view_->setItemDelegate(new BarDelegate(RunsModel::kShareRole, view_));
  view_->setItemDelegateForColumn(RunsModel::kTrend,
                                  new TrendDelegate(RunsModel::kCurveRole, view_));
  view_->setObjectName("runs");
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& current) {
            if (const qint64 run = run_of(current); run != 0) Q_EMIT run_chosen(run);
          });
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &RunsPage::compare);
  connect(view_, &QTreeView::activated, this, [this](const QModelIndex& index) {
    if (const qint64 run = run_of(index); run != 0) Q_EMIT run_opened(run);
  });
  auto* charts = new QSplitter;
  charts->setObjectName("compared_charts");
  charts->addWidget(curves_);
  charts->addWidget(comparison_);
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->setObjectName("runs_and_charts");
  splitter->addWidget(view_);
  splitter->addWidget(charts);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(search_);
  layout->addWidget(splitter);
  compare();
}

qint64 RunsPage::run_of(const QModelIndex& proxied) const {
  return proxied.isValid() ? proxied.data(RunsModel::kRunRole).toLongLong() : 0;
}

void RunsPage::set_runs(const std::vector<RunRow>& runs) {
  const bool first = model_.rowCount() == 0;
  model_.set_runs(runs);
  if (first)
    for (int column = 0; column < RunsModel::kColumns; ++column)
      view_->resizeColumnToContents(column);
  if (first && !runs.empty())
    view_->setColumnWidth(RunsModel::kName, std::max(180, view_->columnWidth(RunsModel::kName)));
  compare();
}

void RunsPage::select(engine::RunId run) {
  const QModelIndex row = proxy_->mapFromSource(model_.index_of(run));
  if (!row.isValid() || row.siblingAtColumn(0) == view_->currentIndex().siblingAtColumn(0)) return;
  view_->selectionModel()->setCurrentIndex(
      row, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  view_->scrollTo(row);
}

void RunsPage::compare() {
  std::vector<const RunRow*> runs;
  for (const QModelIndex& index : view_->selectionModel()->selectedRows())
    if (const RunRow* run = model_.run(run_of(index)); run != nullptr) runs.push_back(run);
  std::ranges::sort(runs, {}, [](const RunRow* run) { return run->info.id; });
  curves_->set_chart(curves_chart(runs));
  comparison_->set_chart(comparison_chart(runs));
}

}  // namespace equivolve::gui
