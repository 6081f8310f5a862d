// A graph genome, drawn.
#pragma once

#include <memory>
#include <optional>

#include <QPainter>
#include <QProcess>
#include <QTransform>
#include <QWidget>

#include "gui/models/genome_graph.hpp"

namespace equivolve::gui {

/// Laid out by Graphviz's `dot`, found in PATH, in a process beside the window; without it, or when
/// it fails, one line says so, and the genome's text has to do. Dead vertices and edges are dimmed.
class GraphView : public QWidget {
  Q_OBJECT

 public:
  explicit GraphView(QWidget* parent = nullptr);
  /// Hidden where there is none.
  void set_graph(std::optional<GenomeGraph> graph);
  const std::optional<GraphLayout>& graph_layout() const { return layout_; }
  /// Why there is no drawing; "" while all is well.
  QString problem() const { return problem_; }
  /// The vertex at a place, in pixels.
  std::optional<std::size_t> vertex_at(QPointF place) const;

  QSize sizeHint() const override { return {260, 240}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  void lay_out();
  void take_layout(int exit_code);
  void fail(const QString& problem);
  QTransform to_pixels() const;
  void paint_edges(QPainter& painter) const;
  void paint_vertices(QPainter& painter) const;
  QColor ink(bool live) const;
  QString words_on(std::size_t vertex) const;

  std::optional<GenomeGraph> graph_;
  std::optional<GraphLayout> layout_;
  QString problem_;
  std::unique_ptr<QProcess> dot_;
};

}  // namespace equivolve::gui
