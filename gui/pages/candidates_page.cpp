#include "gui/pages/candidates_page.hpp"

#include <cmath>

#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QMenu>
#include <QRegularExpression>
#include <QSaveFile>
#include <QVBoxLayout>

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
          &CandidatesPage::choose_columns);
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

void CandidatesPage::choose_columns(const QPoint& place) {
  QMenu menu;
  for (int column = 0; column < model_.columnCount(); ++column) {
    QAction* action =
        menu.addAction(model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    action->setCheckable(true);
    action->setChecked(!view_->isColumnHidden(column));
    connect(action, &QAction::toggled, this,
            [this, column](bool shown) { view_->setColumnHidden(column, !shown); });
  }
  menu.exec(view_->horizontalHeader()->mapToGlobal(place));
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
  QString text = line([&](int column) {
    return model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  });
  QModelIndexList rows = view_->selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end());
  for (const QModelIndex& row : rows)
    text += line([&](int column) { return row.siblingAtColumn(column).data().toString(); });
  return text;
}

namespace {

QString csv_cell(QString text) {
  if (!text.contains(QRegularExpression("[,\"\r\n]"))) return text;
  return '"' + text.replace('"', "\"\"") + '"';
}

// Numbers in full, as the table shows only six digits.
QJsonValue value_of(const CandidatesModel& model, int row, int column) {
  if (column == kStatusColumn || column == kDuplicateColumn)
    return model.data(model.index(row, column)).toString();
  const double value = sort_value(model.candidates(), column, model.ticket(row));
  return std::isnan(value) ? QJsonValue() : QJsonValue(value);
}

QString text_of(const QJsonValue& value) {
  if (value.isString()) return value.toString();
  return value.isDouble() ? QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest)
                          : QString();
}

}  // namespace

QString CandidatesPage::save(const QString& file) const {
  const bool json = file.endsWith(".jsonl", Qt::CaseInsensitive);
  if (!json && !file.endsWith(".csv", Qt::CaseInsensitive))
    return file + ": the name must end in .csv or .jsonl";
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return file + ": cannot be written: " + out.errorString();
  const std::vector<int> columns = shown_columns();
  QStringList names;
  for (const int column : columns)
    names.append(model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
  const auto write_line = [&out](QStringList cells) {
    for (QString& cell : cells) cell = csv_cell(cell);
    out.write((cells.join(',') + '\n').toUtf8());
  };
  if (!json) write_line(names);
  for (int row = 0; row < model_.rowCount(); ++row) {
    QJsonObject object;
    QStringList cells;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const QJsonValue value = value_of(model_, row, columns[c]);
      object[names[static_cast<qsizetype>(c)]] = value;
      cells.append(text_of(value));
    }
    if (json)
      out.write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
    else
      write_line(cells);
  }
  return out.commit() ? QString() : file + ": cannot be written: " + out.errorString();
}

}  // namespace equivolve::gui
