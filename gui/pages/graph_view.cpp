#include "gui/pages/graph_view.hpp"

#include <cmath>

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStandardPaths>
#include <QTimer>
#include <QToolTip>
#include <QTransform>

#include "gui/charts/chart_colours.hpp"

namespace equivolve::gui {

GraphView::GraphView(QWidget* parent) : QWidget(parent) {
  hide();
}

void GraphView::set_graph(std::optional<GenomeGraph> graph) {
  dot_.reset();
  layout_.reset();
  problem_.clear();
  graph_ = std::move(graph);
  setVisible(graph_.has_value());
  if (graph_) lay_out();
  update();
}

void GraphView::lay_out() {
  const QString program = QStandardPaths::findExecutable("dot");
  if (program.isEmpty()) return fail("install Graphviz (the program dot) to see it drawn");
  dot_ = std::make_unique<QProcess>();
  connect(dot_.get(), &QProcess::finished, this, &GraphView::take_layout);
  connect(dot_.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) fail("dot cannot be started");
  });
  dot_->start(program, {"-Tplain"});
  dot_->write(QByteArray::fromStdString(to_dot(*graph_)));
  dot_->closeWriteChannel();
  constexpr int kMostMilliseconds = 10'000;
  QTimer::singleShot(kMostMilliseconds, dot_.get(), &QProcess::kill);
}

void GraphView::take_layout(int exit_code) {
  const QByteArray answer = dot_->readAllStandardOutput();
  if (exit_code == 0) layout_ = parse_layout(*graph_, answer.toStdString());
  if (!layout_) return fail("dot gave no drawing");
  update();
}

void GraphView::fail(const QString& problem) {
  problem_ = problem;
  update();
}

// All of it in the middle of the widget, at most a little larger than life.
QTransform GraphView::to_pixels() const {
  constexpr double kMargin = 6, kMostScale = 1.5;
  const double scale = std::min({kMostScale, (width() - 2 * kMargin) / layout_->width,
                                 (height() - 2 * kMargin) / layout_->height});
  QTransform transform;
  transform.translate((width() - scale * layout_->width) / 2,
                      (height() + scale * layout_->height) / 2);
  transform.scale(scale, -scale);
  return transform;
}

QColor GraphView::ink(bool live) const {
  const QColor text = palette().color(QPalette::Text);
  return live ? text : mixed(text, palette().color(QPalette::Base), 0.65);
}

void GraphView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Base));
  painter.setRenderHint(QPainter::Antialiasing);
  if (!layout_) {
    painter.setPen(ink(false));
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, problem_);
    return;
  }
  paint_edges(painter);
  paint_vertices(painter);
}

namespace {

void paint_arrow(QPainter& painter, QPointF tip, QPointF from) {
  constexpr double kLength = 8, kHalfWidth = 3;
  const QPointF along = tip - from;
  const double length = std::hypot(along.x(), along.y());
  if (length == 0) return;
  const QPointF unit = along / length, across(-unit.y(), unit.x());
  painter.drawPolygon(
      QPolygonF({tip + unit * kLength, tip + across * kHalfWidth, tip - across * kHalfWidth}));
}

}  // namespace

// Curves end where their arrow heads begin.
void GraphView::paint_edges(QPainter& painter) const {
  const QTransform place = to_pixels();
  for (std::size_t e = 0; e < graph_->edges.size(); ++e) {
    QPolygonF points;
    for (const GraphLayout::Point& point : layout_->edges[e])
      points.append(place.map(QPointF(point.x, point.y)));
    QPainterPath path(points[0]);
    for (qsizetype i = 1; i + 2 < points.size(); i += 3)
      path.cubicTo(points[i], points[i + 1], points[i + 2]);
    const QColor colour = ink(graph_->edges[e].live);
    painter.strokePath(path, QPen(colour, 1.2));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    paint_arrow(painter, points.last(), points[points.size() - 2]);
  }
}

void GraphView::paint_vertices(QPainter& painter) const {
  const QTransform place = to_pixels();
  QFont small = font();
  small.setPointSizeF(std::max(4.0, 8 * std::abs(place.m22())));
  painter.setFont(small);
  for (std::size_t v = 0; v < graph_->vertices.size(); ++v) {
    const GraphLayout::Box& box = layout_->vertices[v];
    const QRectF area = place.mapRect(
        QRectF(box.middle.x - box.width / 2, box.middle.y - box.height / 2, box.width, box.height));
    const bool live = graph_->vertices[v].live;
    painter.setPen(QPen(live ? series_colour(palette(), 0) : ink(false), 1.2));
    QColor fill = series_colour(palette(), 0);
    fill.setAlphaF(live ? 0.18F : 0.0F);
    painter.setBrush(fill);
    painter.drawRoundedRect(area, 3, 3);
    painter.setPen(ink(live));
    painter.drawText(
        area, Qt::AlignCenter,
        QString("%1: %2").arg(v).arg(QString::fromStdString(graph_->vertices[v].name)));
  }
}

std::optional<std::size_t> GraphView::vertex_at(QPointF place) const {
  if (!layout_) return std::nullopt;
  const QPointF at = to_pixels().inverted().map(place);
  for (std::size_t v = 0; v < layout_->vertices.size(); ++v) {
    const GraphLayout::Box& box = layout_->vertices[v];
    if (std::abs(at.x() - box.middle.x) <= box.width / 2 &&
        std::abs(at.y() - box.middle.y) <= box.height / 2)
      return v;
  }
  return std::nullopt;
}

QString GraphView::words_on(std::size_t vertex) const {
  QStringList sources;
  for (const GenomeGraph::Edge& edge : graph_->edges)
    if (edge.to == vertex) sources.append(QString::number(edge.from));
  QString words =
      QString("%1: %2").arg(vertex).arg(QString::fromStdString(graph_->vertices[vertex].name));
  if (!sources.isEmpty()) words += ", reads from " + sources.join(", ");
  return words + (graph_->vertices[vertex].live ? "" : "; dead: on no path from input to output");
}

bool GraphView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto vertex = vertex_at(help->pos());
  QToolTip::showText(help->globalPos(), vertex ? words_on(*vertex) : QString(), this);
  return true;
}

}  // namespace equivolve::gui
