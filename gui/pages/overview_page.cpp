#include "gui/pages/overview_page.hpp"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>

namespace equivolve::gui {
namespace {
constexpr int kLeastMilliseconds = 500;
}

OverviewPage::OverviewPage(QWidget* parent)
    : QWidget(parent),
      axis_(new QComboBox),
      log_x_(new QCheckBox("log x")),
      log_y_(new QCheckBox("log y")) {
  axis_->addItems({"candidates", "seconds of trials"});
  axis_->setObjectName("axis");
  log_x_->setObjectName("log_x");
  log_y_->setObjectName("log_y");
  auto* options = new QHBoxLayout;
  options->addWidget(new QLabel("over"));
  options->addWidget(axis_);
  options->addWidget(log_x_);
  options->addWidget(log_y_);
  options->addStretch();
  auto* grid = new QGridLayout;
  grid->setSpacing(6);
  for (std::size_t i = 0; i < chart_ids().size(); ++i) {
    auto* chart = new Chart;
    chart->setObjectName(QString::fromStdString(chart_ids()[i]));
    charts_.push_back(chart);
    grid->addWidget(chart, static_cast<int>(i) / 2, static_cast<int>(i) % 2);
  }
  for (int column = 0; column < 2; ++column) grid->setColumnStretch(column, 1);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(options);
  layout->addLayout(grid, 1);
  timer_.setSingleShot(true);
  connect(&timer_, &QTimer::timeout, this, [this] {
    if (waiting_) want();
  });
  const auto again = [this] {
    hurry();
    want();
  };
  connect(axis_, &QComboBox::currentIndexChanged, this, again);
  connect(log_x_, &QCheckBox::toggled, this, again);
  connect(log_y_, &QCheckBox::toggled, this, again);
}

void OverviewPage::save_options(QSettings& settings) const {
  settings.setValue("overview/over_seconds", axis_->currentIndex() == 1);
  settings.setValue("overview/log_x", log_x_->isChecked());
  settings.setValue("overview/log_y", log_y_->isChecked());
}

void OverviewPage::restore_options(const QSettings& settings) {
  axis_->setCurrentIndex(settings.value("overview/over_seconds").toBool() ? 1 : 0);
  log_x_->setChecked(settings.value("overview/log_x").toBool());
  log_y_->setChecked(settings.value("overview/log_y").toBool());
}

void OverviewPage::clear() {
  background_.cancel();
  waiting_ = false;
  timer_.stop();
  data_ = CandidateData();
  run_ = RunRow();
  for (Chart* chart : charts_) {
    chart->zoom_out();
    chart->set_chart({});
  }
}

void OverviewPage::set_source(const RunRow& run, const CandidateData& data, const Filter& filter) {
  const bool known = run_.info.id == run.info.id && data_.rows() == data.rows() &&
                     data_.sample_of() == data.sample_of() &&
                     run_.info.state.summary_json == run.info.state.summary_json;
  if (known && !hurry_) return;  // the runs are looked at also where nothing happens
  if (data_.sample_of() != data.sample_of()) hurry();
  run_ = run;
  data_ = data;
  filter_ = filter;
  want();
}

void OverviewPage::hurry() {
  hurry_ = true;
  timer_.stop();
}

void OverviewPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  hurry();
  if (waiting_) want();
}

void OverviewPage::want() {
  waiting_ = true;
  if (!isVisible() || timer_.isActive() || background_.is_busy() || data_.figure_rows().empty())
    return;
  make();
}

void OverviewPage::make() {
  waiting_ = hurry_ = false;
  making_.start();
  const ChartWishes wishes{axis_->currentIndex() == 1, log_x_->isChecked(), log_y_->isChecked()};
  background_.start(
      [run = run_, data = data_, filter = filter_, wishes](const std::atomic<bool>& cancelled) {
        return run_charts(run, data, filter, wishes, cancelled);
      },
      [this](const std::vector<ChartData>& made) { show_made(made); });
}

void OverviewPage::show_made(const std::vector<ChartData>& made) {
  for (std::size_t i = 0; i < made.size(); ++i) charts_[i]->set_chart(made[i]);
  constexpr qint64 kIdleShare = 20;
  const qint64 pause = std::max<qint64>(kLeastMilliseconds, kIdleShare * making_.elapsed());
  if (!hurry_) timer_.start(static_cast<int>(pause));
  if (waiting_) want();
}

}  // namespace equivolve::gui
