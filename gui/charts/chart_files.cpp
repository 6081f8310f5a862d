// A chart as a file: picture or numbers.
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

#include "gui/charts/chart.hpp"

namespace equivolve::gui {
namespace {

QString written(const QString& file, const QByteArray& bytes) {
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
    return file + ": cannot be written: " + out.errorString();
  return {};
}

}  // namespace

QString Chart::save(const QString& file, QSize size) {
  const QString suffix = QFileInfo(file).suffix().toLower();
  if (suffix == "csv") return written(file, QByteArray::fromStdString(to_csv(chart_)));
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (suffix == "png") {
    toPixmap(size.width(), size.height(), 2.0).save(&buffer, "PNG");
  } else if (suffix == "svg") {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(QString::fromStdString(chart_.title));
    QCPPainter painter(&generator);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.fillRect(QRect(QPoint(), size), palette().color(QPalette::Base));
    toPainter(&painter, size.width(), size.height());
    painter.end();
  } else if (suffix == "pdf") {
    QPdfWriter writer(&buffer);
    writer.setResolution(96);
    writer.setPageSize(QPageSize(QSizeF(size) * 72.0 / 96.0, QPageSize::Point));
    writer.setPageMargins(QMarginsF());
    writer.setTitle(QString::fromStdString(chart_.title));
    QCPPainter painter(&writer);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.fillRect(QRect(QPoint(), size), palette().color(QPalette::Base));
    toPainter(&painter, size.width(), size.height());
    painter.end();
  } else {
    return file + ": the name must end in .png, .svg, .pdf or .csv";
  }
  buffer.close();
  return written(file, bytes);
}

}  // namespace equivolve::gui
