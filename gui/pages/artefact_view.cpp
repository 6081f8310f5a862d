#include "gui/pages/artefact_view.hpp"

#include <QHeaderView>
#include <QLabel>
#include <QPixmap>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QTableWidget>

#include "gui/models/csv.hpp"

namespace equivolve::gui {
namespace {

QWidget* make_picture(const engine::ArtefactRow& artefact) {
  QPixmap pixmap;
  if (!pixmap.loadFromData(QByteArray::fromStdString(artefact.content))) return nullptr;
  auto* label = new QLabel;
  label->setPixmap(pixmap);
  auto* area = new QScrollArea;
  area->setWidget(label);
  return area;
}

QWidget* make_table(const engine::ArtefactRow& artefact, char separator) {
  constexpr std::size_t kMostRows = 2000, kMostColumns = 200;
  const auto rows = parse_csv(artefact.content, separator, kMostRows + 1);
  if (rows.empty()) return nullptr;
  const std::size_t columns = std::min(kMostColumns, rows.front().size());
  auto* table = new QTableWidget(static_cast<int>(rows.size()) - 1, static_cast<int>(columns));
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setTabKeyNavigation(false);
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < std::min(columns, rows[r].size()); ++c) {
      auto* item = new QTableWidgetItem(QString::fromStdString(rows[r][c]));
      if (r == 0)
        table->setHorizontalHeaderItem(static_cast<int>(c), item);
      else
        table->setItem(static_cast<int>(r) - 1, static_cast<int>(c), item);
    }
  if (rows.size() > kMostRows)
    table->setToolTip(QString("the first %1 rows; `equivolve apply` writes all").arg(kMostRows));
  return table;
}

QWidget* make_text(const engine::ArtefactRow& artefact) {
  constexpr std::size_t kMostBytes = 1 << 20;
  auto* text = new QPlainTextEdit;
  text->setReadOnly(true);
  text->setLineWrapMode(QPlainTextEdit::NoWrap);
  QString shown =
      QString::fromUtf8(QByteArray::fromStdString(artefact.content.substr(0, kMostBytes)));
  if (artefact.content.size() > kMostBytes)
    shown += QString("\n... %1 bytes more").arg(artefact.content.size() - kMostBytes);
  text->setPlainText(shown);
  return text;
}

}  // namespace

QWidget* make_artefact_view(const engine::ArtefactRow& artefact) {
  QWidget* view = nullptr;
  if (artefact.media_type.starts_with("image/")) view = make_picture(artefact);
  if (artefact.media_type.starts_with("text/csv")) view = make_table(artefact, ',');
  if (artefact.media_type.starts_with("text/tab-separated-values"))
    view = make_table(artefact, '\t');
  if (view == nullptr) view = make_text(artefact);
  view->setObjectName("artefact");
  return view;
}

}  // namespace equivolve::gui
