// All charts of a run.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QElapsedTimer>
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
  /// Charts are made in the background, at most twice a second, and only while the page is seen.
  void set_source(const RunRow& run, const CandidateData& data, const Filter& filter);
  const std::vector<Chart*>& charts() const { return charts_; }
  /// The one that has the focus, or the first.
  Chart* current_chart() const;
  /// Whether charts of what was set are still being made for somebody to see.
  bool is_busy() const { return background_.is_busy() || (waiting_ && isVisible()); }

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void want();
  void make();

  std::vector<Chart*> charts_;
  QComboBox* axis_;
  QCheckBox *log_x_, *log_y_;
  RunRow run_;
  CandidateData data_;
  Filter filter_;
  bool waiting_ = false;  // for the timer, or to be shown
  QTimer timer_;
  Background background_{this};
};

}  // namespace equivolve::gui
