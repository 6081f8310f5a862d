// The window: one selection and one filter for all pages.
#pragma once

#include <filesystem>

#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QStackedWidget>

#include "gui/models/candidates_model.hpp"
#include "gui/models/runs_model.hpp"
#include "gui/models/store_watcher.hpp"
#include "gui/pages/candidate_page.hpp"
#include "gui/pages/candidates_page.hpp"
#include "gui/pages/history.hpp"
#include "gui/pages/overview_page.hpp"
#include "gui/pages/runs_page.hpp"

namespace equivolve::gui {

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  enum Page { kRuns, kOverview, kCandidates, kCandidate };

  MainWindow();
  ~MainWindow() override;

  /// `run`: the number, name or "latest" of the run to show first, on the overview; "": the runs.
  void open(const std::filesystem::path& file, const QString& run = {});
  void choose_run(engine::RunId run);
  void choose_candidate(std::uint32_t ticket);
  void show_page(int page);
  void set_filter(const QString& text);

  // For tests, and for nobody else.
  RunsPage& runs_page() { return *runs_page_; }
  OverviewPage& overview_page() { return *overview_page_; }
  CandidatesPage& candidates_page() { return *candidates_page_; }
  CandidatePage& candidate_page() { return *candidate_page_; }
  CandidatesModel& candidates() { return candidates_; }
  int page() const { return pages_->currentIndex(); }
  QString message() const { return message_->isHidden() ? QString() : message_->text(); }
  QString help_text() const;

 protected:
  void closeEvent(QCloseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QAction* add_action(const QString& text, const QList<QKeySequence>& keys,
                      const std::function<void()>& act);
  void make_actions();
  void make_pages();
  void connect_watcher();
  void go(const Place& place);
  void visit();
  void forget_candidates();
  void take_runs(const std::vector<RunRow>& runs);
  void open_wanted_run(const std::vector<RunRow>& runs);
  void take_sample(qint64 run, const CandidateData& sample);
  void take_candidates(qint64 run, const CandidateData& data, bool all);
  void apply_filter();
  void refresh_overview();
  void say(const QString& message);
  void say_state();
  void make_toolbar();
  void make_page_actions();
  void make_candidate_actions();
  void make_chart_actions();
  void make_file_actions();
  Chart* current_chart() const;
  void step_chart(int step);
  void ask_file();
  void save_shown();
  void copy_shown();
  void sort_shown();
  void show_help();
  void restore_state();

  RunsModel runs_;
  CandidatesModel candidates_;
  StoreWatcher watcher_;

  Place place_;
  History history_;
  std::filesystem::path file_;
  QString wanted_run_;  // until the runs are known
  CandidateData data_;
  CandidateData sample_;  // of the run, until all of it is read
  bool all_read_ = false;
  Filter filter_;

  QStackedWidget* pages_;
  RunsPage* runs_page_;
  OverviewPage* overview_page_;
  CandidatesPage* candidates_page_;
  CandidatePage* candidate_page_;
  QLabel *message_, *state_;
  QLineEdit* filter_text_;
  QToolBar* bar_;
  QAction *back_ = nullptr, *forward_ = nullptr;
  QList<QAction*> page_actions_;
};

}  // namespace equivolve::gui
