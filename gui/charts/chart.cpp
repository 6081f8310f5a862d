#include "gui/charts/chart.hpp"

#include <cmath>

#include "gui/charts/chart_colours.hpp"
#include "gui/charts/density_map.hpp"

namespace equivolve::gui {

Chart::Chart(QWidget* parent) : QCustomPlot(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setInteractions(QCP::iRangeZoom);
  setSelectionRectMode(QCP::srmZoom);
  lay_out();
  colour();
}

// Title, legend, axes, from above.
void Chart::lay_out() {
  title_ = new QCPTextElement(this);
  plotLayout()->insertRow(0);
  plotLayout()->addElement(0, 0, title_);
  plotLayout()->insertRow(1);
  axisRect()->insetLayout()->take(legend);
  legend->setFillOrder(QCPLegend::foColumnsFirst);
  legend->setBorderPen(Qt::NoPen);
  legend->setBrush(Qt::NoBrush);
  legend->setMargins({4, 0, 4, 0});
  plotLayout()->setRowStretchFactor(1, 0.001);
  plotLayout()->setRowSpacing(2);
  axisRect()->setupFullAxesBox();
  for (QCPAxis* axis : {xAxis2, yAxis2}) axis->setTicks(false);
  for (QCPAxis* axis : {xAxis, yAxis}) axis->setNumberPrecision(7);
  message_ = new QCPItemText(this);
  message_->position->setType(QCPItemPosition::ptAxisRectRatio);
  message_->position->setCoords(0.5, 0.5);
}

void Chart::colour() {
  const QPalette& now = palette();
  const QColor ground = now.color(QPalette::Base), ink = now.color(QPalette::Text);
  setBackground(ground);
  for (QCPAxis* axis : {xAxis, yAxis, xAxis2, yAxis2}) {
    axis->setBasePen(mixed(ink, ground, 0.4));
    axis->setTickPen(mixed(ink, ground, 0.4));
    axis->setSubTickPen(mixed(ink, ground, 0.6));
    axis->setTickLabelColor(ink);
    axis->setLabelColor(ink);
    axis->setTickLabelFont(font());
    axis->setLabelFont(font());
    axis->grid()->setPen(QPen(mixed(ink, ground, 0.85), 1, Qt::DotLine));
    axis->grid()->setZeroLinePen(QPen(mixed(ink, ground, 0.7)));
  }
  title_->setTextColor(ink);
  QFont bold = font();
  bold.setBold(true);
  title_->setFont(bold);
  legend->setTextColor(ink);
  legend->setFont(font());
  message_->setColor(mixed(ink, ground, 0.3));
  message_->setFont(font());
}

void Chart::set_chart(const ChartData& chart) {
  if (chart == chart_) return;
  const bool other_axes = chart.x.log != chart_.x.log || chart.y.log != chart_.y.log ||
                          chart.x.label != chart_.x.label || chart.id != chart_.id;
  chart_ = chart;
  if (other_axes) zooms_.clear();
  draw_series();
  replot(QCustomPlot::rpQueuedReplot);
}

void Chart::draw_series() {
  clearPlottables();
  density_ = nullptr;
  title_->setText(QString::fromStdString(chart_.title));
  set_axis(xAxis, chart_.x);
  set_axis(yAxis, chart_.y);
  add_bands();
  add_lines();
  add_stack();
  add_histograms();
  add_intervals();
  if (chart_.cloud) {
    density_ = new DensityMap(xAxis, yAxis, chart_.cloud, palette());
    density_->removeFromLegend();
  }
  const bool empty = chart_.is_empty();
  message_->setText(empty ? QString::fromStdString(chart_.empty) : QString());
  message_->setVisible(empty);
  place_legend();
  if (!is_zoomed()) fit_ranges();
}

// A lone series needs none, and an empty one would squeeze what is below it.
void Chart::place_legend() {
  const bool wanted = legend->itemCount() > 1, placed = plotLayout()->hasElement(1, 0);
  if (wanted && !placed) plotLayout()->addElement(1, 0, legend);
  if (!wanted && placed) plotLayout()->take(legend);
  legend->setVisible(wanted);
}

void Chart::set_axis(QCPAxis* axis, const ChartData::Axis& settings) {
  axis->setLabel(QString::fromStdString(settings.label));
  axis->setScaleType(settings.log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  if (settings.log)
    axis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
  else
    axis->setTicker(QSharedPointer<QCPAxisTicker>::create());
  axis->setNumberFormat(settings.log ? "eb" : "gb");
  axis->setNumberPrecision(settings.log ? 0 : 7);
}

QCPGraph* Chart::add_graph(const QString& name, const QVector<double>& x, const QVector<double>& y,
                           const QColor& colour) {
  QCPGraph* graph = addGraph();
  graph->setName(name);
  graph->setData(x, y, true);
  graph->setPen(QPen(colour, 1.5));
  return graph;
}

namespace {
QVector<double> vector_of(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}
QColor veil(QColor colour) {
  colour.setAlphaF(0.25F);
  return colour;
}
}  // namespace

void Chart::add_bands() {
  for (const ChartData::Band& band : chart_.bands) {
    const QColor fill = veil(series_colour(palette(), 0));
    QCPGraph* low = add_graph({}, vector_of(band.x), vector_of(band.low), fill);
    low->removeFromLegend();
    low->setPen(Qt::NoPen);
    QCPGraph* high =
        add_graph(QString::fromStdString(band.name), vector_of(band.x), vector_of(band.high), fill);
    high->setPen(Qt::NoPen);
    high->setBrush(fill);
    high->setChannelFillGraph(low);
  }
}

// Of two lines beside a band the first stands out from it; more lines than colours are dashed.
void Chart::add_lines() {
  static constexpr std::size_t kBesideBand[] = {2, 0};
  static constexpr Qt::PenStyle kStyles[] = {Qt::SolidLine, Qt::DashLine, Qt::DotLine};
  for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
    const ChartData::Line& line = chart_.lines[i];
    const std::size_t number = !chart_.bands.empty() && i < 2 ? kBesideBand[i] : i;
    QCPGraph* graph = add_graph(QString::fromStdString(line.name), vector_of(line.x),
                                vector_of(line.y), series_colour(palette(), number));
    if (line.steps) graph->setLineStyle(QCPGraph::lsStepLeft);
    QPen pen = graph->pen();
    pen.setStyle(kStyles[number / kSeriesColours % std::size(kStyles)]);
    graph->setPen(pen);
  }
}

void Chart::add_stack() {
  QVector<double> sum;
  QCPGraph* below = nullptr;
  std::size_t number = 0;
  for (const ChartData::Line& part : chart_.stack.parts) {
    sum.resize(static_cast<qsizetype>(part.y.size()));
    for (std::size_t i = 0; i < part.y.size(); ++i) sum[static_cast<qsizetype>(i)] += part.y[i];
    const QColor colour = series_colour(palette(), number++);
    QCPGraph* graph = add_graph(QString::fromStdString(part.name), vector_of(part.x), sum, colour);
    graph->setBrush(mixed(colour, palette().color(QPalette::Base), 0.45));
    if (below != nullptr) graph->setChannelFillGraph(below);
    below = graph;
  }
}

// As a line of steps, which a logarithmic axis bears.
void Chart::add_histograms() {
  std::size_t number = 0;
  for (const ChartData::Histogram& histogram : chart_.histograms) {
    QVector<double> heights = vector_of(histogram.counts);
    heights.append(0);
    const QColor colour = series_colour(palette(), number++);
    QCPGraph* graph = add_graph(QString::fromStdString(histogram.name), vector_of(histogram.edges),
                                heights, colour);
    graph->setLineStyle(QCPGraph::lsStepLeft);
    graph->setBrush(veil(colour));
  }
}

std::vector<std::string> Chart::interval_rows() const {
  std::vector<std::string> rows;
  for (const ChartData::Intervals& group : chart_.intervals)
    for (const std::string& row : group.rows)
      if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
  return rows;
}

void Chart::add_intervals() {
  if (chart_.intervals.empty()) return;
  const std::vector<std::string> rows = interval_rows();
  const auto place = [&rows](const std::string& row) {
    return static_cast<double>(rows.end() - std::find(rows.begin(), rows.end(), row));
  };
  const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
  for (const std::string& row : rows) ticker->addTick(place(row), QString::fromStdString(row));
  yAxis->setTicker(ticker);
  double shift = chart_.intervals.size() > 1 ? 0.12 : 0;
  std::size_t number = 0;
  for (const ChartData::Intervals& group : chart_.intervals) {
    QVector<double> x = vector_of(group.mean), y, minus, plus;
    for (std::size_t i = 0; i < group.rows.size(); ++i) {
      y.append(place(group.rows[i]) + shift);
      minus.append(std::isnan(group.low[i]) ? 0 : group.mean[i] - group.low[i]);
      plus.append(std::isnan(group.high[i]) ? 0 : group.high[i] - group.mean[i]);
    }
    const QColor colour = series_colour(palette(), number++);
    QCPGraph* points = addGraph();
    points->setName(QString::fromStdString(group.name));
    points->setData(x, y);
    points->setLineStyle(QCPGraph::lsNone);
    points->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, colour, 7));
    points->setPen(colour);
    // QCPErrorBars takes its points by index, and a graph sorts them by x: so each has bars of its
    // own.
    for (qsizetype i = 0; i < x.size(); ++i) {
      if (minus[i] == 0 && plus[i] == 0) continue;
      QCPGraph* bar = add_graph({}, {x[i] - minus[i], x[i] + plus[i]}, {y[i], y[i]}, colour);
      bar->removeFromLegend();
    }
    shift = -shift;
  }
}

namespace {
// With a margin of 4 %, and never of no width; on a log axis of positive numbers.
QCPRange with_margin(double low, double high, bool log) {
  if (!(high >= low)) return log ? QCPRange(0.1, 10) : QCPRange(0, 1);
  if (log) {
    const double factor = high > low ? std::pow(high / low, 0.04) : 1.5;
    return {low / factor, high * factor};
  }
  const double margin = high > low ? 0.04 * (high - low) : std::max(0.5, std::abs(high) * 0.1);
  return {low - margin, high + margin};
}

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(double value, bool log) {
    if (!std::isfinite(value) || (log && value <= 0)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};
}  // namespace

void Chart::fit_ranges() {
  Extent x, y;
  for (int g = 0; g < graphCount(); ++g)
    for (const QCPGraphData& point : *graph(g)->data()) {
      x.add(point.key, chart_.x.log);
      y.add(point.value, chart_.y.log);
    }
  if (chart_.cloud) {
    for (const double value : chart_.cloud->x) x.add(value, chart_.x.log);
    for (const double value : chart_.cloud->y) y.add(value, chart_.y.log);
  }
  xAxis->setRange(with_margin(x.low, x.high, chart_.x.log));
  yAxis->setRange(with_margin(y.low, y.high, chart_.y.log));
  if (!chart_.stack.parts.empty()) yAxis->setRange(0, 1);
  if (!chart_.histograms.empty()) yAxis->setRangeLower(0);
  if (!chart_.intervals.empty()) yAxis->setRange(y.low - 0.6, y.high + 0.6);
}

void Chart::changeEvent(QEvent* event) {
  QCustomPlot::changeEvent(event);
  if (event->type() != QEvent::PaletteChange && event->type() != QEvent::FontChange) return;
  colour();
  draw_series();
  replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace equivolve::gui
