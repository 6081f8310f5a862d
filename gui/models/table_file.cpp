#include "gui/models/table_file.hpp"

#include <cmath>

#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QSaveFile>

#include "gui/models/candidate_order.hpp"
#include "gui/models/candidates_model.hpp"

namespace equivolve::gui {
namespace {

// The table shows only six digits of numbers.
QJsonValue value_of(const CandidateData& data, std::uint32_t row, int column) {
  if (column == kStatusColumn || column == kDuplicateColumn) return cell_text(data, row, column);
  const double value = sort_value(data, column, row);
  return std::isnan(value) ? QJsonValue() : QJsonValue(value);
}

QString text_of(const QJsonValue& value) {
  if (value.isString()) return value.toString();
  return value.isDouble() ? QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest)
                          : QString();
}

QByteArray csv_line(QStringList cells) {
  for (QString& cell : cells) {
    const bool plain =
        !cell.contains(',') && !cell.contains('"') && !cell.contains('\n') && !cell.contains('\r');
    if (!plain) cell = '"' + cell.replace('"', "\"\"") + '"';
  }
  return (cells.join(',') + '\n').toUtf8();
}

QByteArray csv_row(const TableRows& rows, std::uint32_t ticket) {
  QStringList cells;
  for (const int column : rows.columns) cells.append(text_of(value_of(rows.data, ticket, column)));
  return csv_line(cells);
}

QByteArray json_row(const TableRows& rows, std::uint32_t ticket) {
  QJsonObject object;
  for (std::size_t c = 0; c < rows.columns.size(); ++c)
    object[rows.names[static_cast<qsizetype>(c)]] = value_of(rows.data, ticket, rows.columns[c]);
  return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

}  // namespace

QString save_table(const QString& file, const TableRows& rows, const std::atomic<bool>& cancelled) {
  const bool json = file.endsWith(".jsonl", Qt::CaseInsensitive);
  if (!json && !file.endsWith(".csv", Qt::CaseInsensitive))
    return file + ": the name must end in .csv or .jsonl";
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return file + ": cannot be written: " + out.errorString();
  if (!json) out.write(csv_line(rows.names));
  for (const std::uint32_t ticket : *rows.tickets) {
    if (cancelled) return file + ": not written, the window was closed";
    out.write(json ? json_row(rows, ticket) : csv_row(rows, ticket));
  }
  return out.commit() ? QString() : file + ": cannot be written: " + out.errorString();
}

}  // namespace equivolve::gui
