#include "gui/pages/main_window.hpp"

#include <utility>

#include <QCloseEvent>
#include <QLocale>
#include <QSettings>
#include <QSplitter>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

namespace equivolve::gui {

MainWindow::MainWindow()
    : pages_(new QStackedWidget),
      runs_page_(new RunsPage(runs_)),
      overview_page_(new OverviewPage),
      candidates_page_(new CandidatesPage(candidates_)),
      candidate_page_(new CandidatePage),
      message_(new QLabel),
      state_(new QLabel),
      filter_text_(new QLineEdit),
      bar_(new QToolBar("main")) {
  setWindowTitle("Equivolve");
  resize(1180, 820);
  make_pages();
  make_actions();
  connect_watcher();
  restore_state();
  show_page(kRuns);
}

MainWindow::~MainWindow() = default;

void MainWindow::make_pages() {
  for (QWidget* page :
       {static_cast<QWidget*>(runs_page_), static_cast<QWidget*>(overview_page_),
        static_cast<QWidget*>(candidates_page_), static_cast<QWidget*>(candidate_page_)})
    pages_->addWidget(page);
  message_->setWordWrap(true);
  message_->setMargin(6);
  message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  message_->setObjectName("message");
  message_->hide();
  auto* central = new QWidget;
  auto* layout = new QVBoxLayout(central);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(message_);
  layout->addWidget(pages_, 1);
  setCentralWidget(central);
  statusBar()->addWidget(state_);
  filter_text_->setObjectName("filter");
  filter_text_->setPlaceholderText("filter, for example: seconds > 0.001 and new");
  filter_text_->setClearButtonEnabled(true);
  connect(filter_text_, &QLineEdit::textChanged, this, &MainWindow::apply_filter);
  connect(runs_page_, &RunsPage::run_chosen, this, &MainWindow::choose_run);
  connect(runs_page_, &RunsPage::run_opened, this, [this](qint64 run) {
    choose_run(run);
    show_page(kOverview);
  });
  connect(candidates_page_, &CandidatesPage::candidate_chosen, this, &MainWindow::choose_candidate);
  connect(candidates_page_, &CandidatesPage::saved, this, &MainWindow::say);
  connect(candidates_page_, &CandidatesPage::candidate_opened, this, [this](quint32 ticket) {
    choose_candidate(ticket);
    show_page(kCandidate);
  });
  connect(candidate_page_, &CandidatePage::ticket_wanted, this, [this](quint32 ticket) {
    choose_candidate(ticket);
    visit();
  });
  connect(candidate_page_, &CandidatePage::birth_wanted, this, [this](quint64 birth) {
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      if (data_.birth(row) != birth) continue;
      choose_candidate(static_cast<std::uint32_t>(row));
      return visit();
    }
    say_state();
  });
  connect(candidate_page_, &CandidatePage::filter_wanted, this, [this](const QString& filter) {
    set_filter(filter);
    show_page(kCandidates);
  });
  connect(&candidates_, &CandidatesModel::settled, this, [this] {
    if (place_.ticket) candidates_page_->select(*place_.ticket);
    say_state();
  });
}

void MainWindow::connect_watcher() {
  connect(&watcher_, &StoreWatcher::runs_read, this, &MainWindow::take_runs);
  connect(&watcher_, &StoreWatcher::candidates_sampled, this, &MainWindow::take_sample);
  connect(&watcher_, &StoreWatcher::candidates_read, this, &MainWindow::take_candidates);
  connect(&watcher_, &StoreWatcher::details_read, this,
          [this](const std::shared_ptr<const CandidateDetails>& details) {
            if (details->run == place_.run && place_.ticket == details->ticket)
              candidate_page_->set_details(details);
          });
  connect(&watcher_, &StoreWatcher::replaced, this, &MainWindow::forget_candidates);
  connect(&watcher_, &StoreWatcher::trouble, this, &MainWindow::say);
  connect(&watcher_, &StoreWatcher::well, this, [this] { say({}); });
}

void MainWindow::open(const std::filesystem::path& file, const QString& run) {
  file_ = file;
  wanted_run_ = run;
  setWindowTitle(QString::fromStdString(file.filename().string()) + " - Equivolve");
  runs_.set_runs({});
  choose_run(0);
  history_.clear();
  say({});
  show_page(kRuns);
  watcher_.open(file);
}

void MainWindow::choose_run(engine::RunId run) {
  if (run == place_.run) return;
  place_.run = run;
  forget_candidates();
  history_.adjust(place_);
  runs_page_->select(run);
  watcher_.follow(run);
  say_state();
}

void MainWindow::forget_candidates() {
  place_.ticket.reset();
  data_ = sample_ = CandidateData();
  all_read_ = false;
  filter_ = Filter();  // its figures are those of the run before
  candidates_.clear();
  overview_page_->clear();
  candidate_page_->clear();
}

void MainWindow::choose_candidate(std::uint32_t ticket) {
  if (place_.ticket == ticket) return;
  place_.ticket = ticket;
  history_.adjust(place_);
  candidates_page_->select(ticket);
  watcher_.ask_details(ticket);
}

void MainWindow::show_page(int page) {
  place_.page = page;
  visit();  // first: a table that gets the focus may choose its first row
  pages_->setCurrentIndex(page);
  for (int i = 0; i < page_actions_.size(); ++i) page_actions_[i]->setChecked(i == page);
  if (page == kRuns) runs_page_->view()->setFocus();
  if (page == kCandidates) candidates_page_->view()->setFocus();
  if (page == kOverview) current_chart()->setFocus();
}

void MainWindow::visit() {
  history_.visit(place_);
  back_->setEnabled(history_.can_go_back());
  forward_->setEnabled(history_.can_go_forward());
}

// History has it already.
void MainWindow::go(const Place& place) {
  const Place there = place;
  place_.page = there.page;
  choose_run(there.run);
  if (there.ticket)
    choose_candidate(*there.ticket);
  else
    place_.ticket.reset();
  show_page(there.page);
}

void MainWindow::take_runs(const std::vector<RunRow>& runs) {
  runs_page_->set_runs(runs);
  open_wanted_run(runs);
  if (place_.run != 0 && runs_.run(place_.run) == nullptr) choose_run(0);  // it was deleted
  if (place_.run == 0 && !runs.empty()) choose_run(runs.back().info.id);
  runs_page_->select(place_.run);
  refresh_overview();
  say_state();
}

// A number goes before a name, and of equal names the latest is meant, as on the command line.
void MainWindow::open_wanted_run(const std::vector<RunRow>& runs) {
  if (wanted_run_.isEmpty() || runs.empty()) return;
  const std::string wanted = std::exchange(wanted_run_, {}).toStdString();
  const RunRow* found = wanted == "latest" ? &runs.back() : nullptr;
  for (const RunRow& run : runs)
    if (run.info.head.name == wanted) found = &run;
  for (const RunRow& run : runs)
    if (std::to_string(run.info.id) == wanted) found = &run;
  if (found == nullptr)
    return say(QString("there is no run \"%1\" in this file").arg(QString::fromStdString(wanted)));
  choose_run(found->info.id);
  show_page(kOverview);
}

void MainWindow::take_sample(qint64 run, const CandidateData& sample) {
  if (run != place_.run || all_read_) return;
  sample_ = sample;
  apply_filter();
}

void MainWindow::take_candidates(qint64 run, const CandidateData& data, bool all) {
  if (run != place_.run) return;
  const bool first = data_.figure_rows().empty();
  data_ = data;
  all_read_ = all_read_ || all;  // later pieces of a live run are news
  if (all_read_) sample_ = CandidateData();
  if (first) apply_filter();
  candidates_.set_data(data_);
  refresh_overview();
  say_state();
}

void MainWindow::set_filter(const QString& text) {
  filter_text_->setText(text);
}

// What cannot be read is said and filters nothing new.
void MainWindow::apply_filter() {
  const CandidateData& known = data_.figure_rows().empty() ? sample_ : data_;
  if (known.figure_rows().empty()) return;
  const auto filter = Filter::parse(filter_text_->text().toStdString(), known.figure_rows());
  const QString problem = filter ? QString()
                                 : QString("filter, column %1: %2")
                                       .arg(filter.error().column)
                                       .arg(QString::fromStdString(filter.error().message));
  filter_text_->setToolTip(problem);
  statusBar()->showMessage(problem);
  if (!filter) return;
  filter_ = *filter;
  candidates_.set_filter(filter_);
  overview_page_->hurry();
  refresh_overview();
}

void MainWindow::refresh_overview() {
  const RunRow* run = runs_.run(place_.run);
  const CandidateData& shown = sample_.rows() > 0 ? sample_ : data_;
  if (run != nullptr && !shown.figure_rows().empty())
    overview_page_->set_source(*run, shown, filter_);
}

void MainWindow::say(const QString& message) {
  message_->setText(message);
  message_->setVisible(!message.isEmpty());
}

void MainWindow::say_state() {
  const RunRow* run = runs_.run(place_.run);
  if (run == nullptr)
    return state_->setText(runs_.rowCount() == 0 ? "no runs yet" : "no run is chosen");
  const auto count = [](std::size_t rows) {
    return QLocale(QLocale::English).toString(static_cast<qulonglong>(rows));
  };
  QString text = QString("run %1, %2: %3, %4 candidates")
                     .arg(run->info.id)
                     .arg(QString::fromStdString(run->info.head.name),
                          QString::fromStdString(run->state), count(data_.rows()));
  if (!all_read_) text += " read so far";
  if (!filter_.is_empty())
    text += ", " + count(static_cast<std::size_t>(candidates_.rowCount())) + " match the filter";
  state_->setText(text);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && back_->isEnabled()) return back_->trigger();
  QMainWindow::keyPressEvent(event);
}

namespace {
QList<QSplitter*> named_splitters(const QObject* window) {
  QList<QSplitter*> splitters = window->findChildren<QSplitter*>();
  splitters.removeIf([](const QSplitter* splitter) { return splitter->objectName().isEmpty(); });
  return splitters;
}
}  // namespace

void MainWindow::restore_state() {
  const QSettings settings;
  restoreGeometry(settings.value("window/geometry").toByteArray());
  restoreState(settings.value("window/state").toByteArray());
  for (QSplitter* splitter : named_splitters(this))
    splitter->restoreState(settings.value("window/" + splitter->objectName()).toByteArray());
  overview_page_->restore_options(settings);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  QSettings settings;
  settings.setValue("window/geometry", saveGeometry());
  settings.setValue("window/state", saveState());
  for (const QSplitter* splitter : named_splitters(this))
    settings.setValue("window/" + splitter->objectName(), splitter->saveState());
  overview_page_->save_options(settings);
  QMainWindow::closeEvent(event);
}

}  // namespace equivolve::gui
