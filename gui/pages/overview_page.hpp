// All charts of a run.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QElapsedTimer>
#include <QSettings>
#include <QTimer>
#include <QWidget>

#include "gui/charts/chart.hpp"
#include "gui/models/background.hpp"
#include "gui/models/series.hpp"

namespace equivolve::gui {

class OverviewPage : public QWidget {
  Q_OBJECT

 public:
  explicit OverviewPage(QWidget* parent = nullptr);
  /// Another run, or none.
  void clear();
  /// Charts are made in the background and only while the page is seen, at most twice a second and
  /// for at most a twentieth of the time.
  /// What a person has just asked for, and what follows upon a sample, does not wait: hurry().
  void set_source(const RunRow& run, const CandidateData& data, const Filter& filter);
  void hurry();
  const std::vector<Chart*>& charts() const { return charts_; }

  // As its options, from the keyboard.
  void switch_axis() { axis_->setCurrentIndex(1 - axis_->currentIndex()); }
  void toggle_log_x() { log_x_->toggle(); }
  void toggle_log_y() { log_y_->toggle(); }

  void save_options(QSettings& settings) const;
  void restore_options(const QSettings& settings);

  /// Whether charts of what was set are still being made for somebody to see.
  bool is_busy() const { return background_.is_busy() || (waiting_ && isVisible()); }

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void want();
  void make();
  void show_made(const std::vector<ChartData>& made);

  std::vector<Chart*> charts_;
  QComboBox* axis_;
  QCheckBox *log_x_, *log_y_;
  RunRow run_;
  CandidateData data_;
  Filter filter_;
  bool waiting_ = false;  // for the timer, or to be shown
  bool hurry_ = false;    // what waits is wanted at once
  QTimer timer_;
  QElapsedTimer making_;  // since the last begin
  Background background_{this};
};

}  // namespace equivolve::gui
