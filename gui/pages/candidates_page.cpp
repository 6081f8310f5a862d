#include "gui/pages/candidates_page.hpp"

#include <QHeaderView>
#include <QMenu>
#include <QSettings>
#include <QVBoxLayout>

#include "gui/models/table_file.hpp"
#include "gui/pages/bar_delegate.hpp"

namespace equivolve::gui {

CandidatesPage::CandidatesPage(CandidatesModel& model, QWidget* parent)
    : QWidget(parent), model_(model), view_(new QTableView) {
  connect(&model_, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { removing_ = true; });
  view_->setModel(&model_);
  connect(&model_, &QAbstractItemModel::rowsRemoved, this, [this] { removing_ = false; });
  view_->setObjectName("candidates");
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  view_->setAlternatingRowColors(true);
  view_->setSortingEnabled(true);
  view_->sortByColumn(kTicketColumn, Qt::AscendingOrder);
  view_->setWordWrap(false);
  view_->setItemDelegate(new BarDelegate(CandidatesModel::kShareRole, view_));
  view_->setTabKeyNavigation(false);
  // One height for all rows: nobody measures a million of them.
  view_->verticalHeader()->setVisible(false);
  view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 6);
  view_->horizontalHeader()->setDefaultSectionSize(120);
  view_->horizontalHeader()->setSectionsMovable(true);
  view_->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(view_->horizontalHeader(), &QWidget::customContextMenuRequested, this,
          [this] { choose_columns(); });
  connect(view_->horizontalHeader(), &QHeaderView::sectionResized, this,
          [this](int column, int, int width) { remember_width(column, width); });
  connect(view_->horizontalHeader(), &QHeaderView::sectionMoved, this,
          &CandidatesPage::remember_order);
  connect(&model_, &QAbstractItemModel::modelReset, this, &CandidatesPage::show_remembered_columns);
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (current.isValid() && !removing_)
              Q_EMIT candidate_chosen(model_.ticket(current.row()));
          });
  connect(view_, &QTableView::activated, this, [this](const QModelIndex& index) {
    Q_EMIT candidate_opened(model_.ticket(index.row()));
  });
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(view_);
}

void CandidatesPage::select(std::uint32_t ticket) {
  const QModelIndex current = view_->currentIndex();
  if (current.isValid() && model_.ticket(current.row()) == ticket) return;
  const int row = model_.row_of(ticket);
  if (row < 0) return view_->selectionModel()->clear();
  view_->selectRow(row);
  view_->scrollTo(model_.index(row, 0));
}

namespace {
constexpr char kHiddenColumns[] = "candidates/hidden", kWidths[] = "candidates/widths",
               kOrder[] = "candidates/order";
}

QString CandidatesPage::column_name(int column) const {
  return model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
}

void CandidatesPage::show_remembered_columns() {
  const QSettings settings;
  const QStringList hidden = settings.value(kHiddenColumns).toStringList();
  const QVariantMap widths = settings.value(kWidths).toMap();
  QStringList names;
  restoring_ = true;
  for (int column = 0; column < model_.columnCount(); ++column) {
    names.append(column_name(column));
    if (const int width = widths.value(names.last()).toInt(); width > 0)
      view_->setColumnWidth(column, width);
    view_->setColumnHidden(column, hidden.contains(names.last()));
  }
  QHeaderView* head = view_->horizontalHeader();
  int place = 0;
  for (const QString& name : settings.value(kOrder).toStringList())
    if (const auto column = names.indexOf(name); column >= 0)
      head->moveSection(head->visualIndex(static_cast<int>(column)), place++);
  restoring_ = false;
}

void CandidatesPage::remember_width(int column, int width) {
  if (restoring_ || width == 0) return;  // 0: it is being hidden
  QSettings settings;
  QVariantMap widths = settings.value(kWidths).toMap();
  widths[column_name(column)] = width;
  settings.setValue(kWidths, widths);
}

// Columns of other runs stay remembered, after those of this one.
void CandidatesPage::remember_order() {
  if (restoring_) return;
  QSettings settings;
  QStringList order;
  for (int place = 0; place < model_.columnCount(); ++place)
    order.append(column_name(view_->horizontalHeader()->logicalIndex(place)));
  for (const QString& name : settings.value(kOrder).toStringList())
    if (!order.contains(name)) order.append(name);
  settings.setValue(kOrder, order);
}

void CandidatesPage::show_column(int column, bool shown) {
  view_->setColumnHidden(column, !shown);
  QSettings settings;
  QStringList hidden = settings.value(kHiddenColumns).toStringList();
  hidden.removeAll(column_name(column));
  if (!shown) hidden.append(column_name(column));
  settings.setValue(kHiddenColumns, hidden);
}

void CandidatesPage::choose_columns() {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (int column = 0; column < model_.columnCount(); ++column) {
    QAction* action = menu->addAction(column_name(column));
    action->setCheckable(true);
    action->setChecked(!view_->isColumnHidden(column));
    connect(action, &QAction::toggled, this,
            [this, column](bool shown) { show_column(column, shown); });
  }
  menu->popup(view_->horizontalHeader()->mapToGlobal(QPoint(0, 0)));
}

std::vector<int> CandidatesPage::shown_columns() const {
  std::vector<int> columns;
  for (int place = 0; place < model_.columnCount(); ++place) {
    const int column = view_->horizontalHeader()->logicalIndex(place);
    if (!view_->isColumnHidden(column)) columns.push_back(column);
  }
  return columns;
}

QString CandidatesPage::selected_text() const {
  const std::vector<int> columns = shown_columns();
  const auto line = [&](const auto& text_of) {
    QStringList cells;
    for (const int column : columns) cells.append(text_of(column));
    return cells.join('\t') + '\n';
  };
  QString text = line([&](int column) { return column_name(column); });
  QModelIndexList rows = view_->selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end());
  for (const QModelIndex& row : rows)
    text += line([&](int column) { return row.siblingAtColumn(column).data().toString(); });
  return text;
}

// On a thread of the pool: the window goes on, whatever is written.
void CandidatesPage::save(const QString& file) {
  TableRows rows{model_.candidates(), model_.tickets(), shown_columns(), {}};
  for (const int column : rows.columns) rows.names.append(column_name(column));
  saving_.start(
      [file, rows = std::move(rows)](const std::atomic<bool>& cancelled) {
        return std::optional(save_table(file, rows, cancelled));
      },
      [this](const QString& problem) { Q_EMIT saved(problem); });
}

}  // namespace equivolve::gui
