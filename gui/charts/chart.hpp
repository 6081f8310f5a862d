// A chart: draws ChartData, zooms with a stack, says the values below the pointer, saves itself.
#pragma once

#include <optional>
#include <vector>

#include <qcustomplot.h>

#include "gui/charts/density_map.hpp"
#include "gui/models/chart_data.hpp"

namespace equivolve::gui {

/// Dragging a rectangle zooms into it, the wheel zooms at the pointer, + - and the arrows do it
/// from the keyboard, Escape goes back a step and 0 to the whole.
class Chart : public QCustomPlot {
  Q_OBJECT

 public:
  explicit Chart(QWidget* parent = nullptr);

  /// Ranges stay where somebody has zoomed in, and follow the data otherwise.
  void set_chart(const ChartData& chart);
  const ChartData& chart() const { return chart_; }

  bool is_zoomed() const { return !zooms_.empty(); }
  /// One step back; false when nothing is zoomed.
  bool zoom_back();
  void zoom_out();

  /// To a .png, .svg, .pdf or .csv file, by its name. An error is one line for people; empty: all
  /// is well.
  QString save(const QString& file, QSize size = {900, 560});

  /// What is to be said of the place, in pixels; empty where there is nothing.
  QString value_at(QPointF place) const;

  /// The same from the keyboard: says the values at a place that moves to the right or left by a
  /// hundredth of the axis.
  void step_reading(int step);

  QSize sizeHint() const override { return {420, 280}; }
  QSize minimumSizeHint() const override { return {240, 160}; }

 protected:
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void processRectZoom(QRect rect, QMouseEvent* event) override;

 private:
  struct Ranges {
    QCPRange x, y;
  };
  void lay_out();
  void colour();
  void draw_series();
  void place_legend();
  void set_axis(QCPAxis* axis, const ChartData::Axis& settings);
  void add_bands();
  void add_lines();
  void add_stack();
  void add_histograms();
  void add_intervals();
  /// Names from above, in the order of the first group that has them.
  std::vector<std::string> interval_rows() const;
  QCPGraph* add_graph(const QString& name, const QVector<double>& x, const QVector<double>& y,
                      const QColor& colour);
  void fit_ranges();
  void push_zoom();
  void zoom_by(double factor);
  void pan(double x, double y);

  ChartData chart_;
  std::vector<Ranges> zooms_;  // what was seen before each step
  QCPTextElement* title_ = nullptr;
  DensityMap* density_ = nullptr;
  double reading_ = 0.5;  // where values were said last, as a share of the axis
  QCPItemText* message_ = nullptr;
};

}  // namespace equivolve::gui
