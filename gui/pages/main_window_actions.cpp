// What can be done in the window, each with its keys; the help lists them all.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHeaderView>
#include <QMessageBox>
#include <QToolBar>

#include "gui/pages/main_window.hpp"

namespace equivolve::gui {

QAction* MainWindow::add_action(const QString& text, const QList<QKeySequence>& keys,
                                const std::function<void()>& act) {
  auto* action = new QAction(text, this);
  action->setShortcuts(keys);
  action->setToolTip(text + " (" + keys.value(0).toString() + ")");
  connect(action, &QAction::triggered, this, [act] { act(); });
  addAction(action);
  return action;
}

void MainWindow::make_actions() {
  make_toolbar();
  make_page_actions();
  bar_->addSeparator();
  bar_->addWidget(filter_text_);
  make_candidate_actions();
  make_chart_actions();
  make_file_actions();
}

void MainWindow::make_toolbar() {
  bar_->setObjectName("main");
  bar_->setMovable(false);
  addToolBar(bar_);
}

void MainWindow::make_page_actions() {
  back_ = add_action("back", {QKeySequence(Qt::ALT | Qt::Key_Left), QKeySequence(Qt::Key_Back)},
                     [this] {
                       if (history_.can_go_back()) go(history_.back());
                     });
  forward_ = add_action(
      "forward", {QKeySequence(Qt::ALT | Qt::Key_Right), QKeySequence(Qt::Key_Forward)}, [this] {
        if (history_.can_go_forward()) go(history_.forward());
      });
  back_->setIconText("\u2190");
  forward_->setIconText("\u2192");
  bar_->addActions({back_, forward_});
  bar_->addSeparator();
  const QStringList names = {"Runs", "Overview", "Candidates", "Candidate"};
  for (int page = 0; page < names.size(); ++page) {
    QAction* action =
        add_action(names[page], {QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page))},
                   [this, page] { show_page(page); });
    action->setCheckable(true);
    page_actions_.append(action);
    bar_->addAction(action);
  }
  add_action("search runs", {QKeySequence(Qt::CTRL | Qt::Key_R)}, [this] {
    show_page(kRuns);
    runs_page_->focus_search();
  });
}

void MainWindow::make_candidate_actions() {
  add_action("filter candidates", {QKeySequence(Qt::CTRL | Qt::Key_F)}, [this] {
    filter_text_->setFocus();
    filter_text_->selectAll();
  });
  add_action("choose the table's columns", {QKeySequence(Qt::CTRL | Qt::Key_K)}, [this] {
    show_page(kCandidates);
    candidates_page_->choose_columns();
  });
  add_action("sort by the current column; again: the other way",
             {QKeySequence(Qt::CTRL | Qt::Key_D)}, [this] { sort_shown(); });
  add_action("the candidate's parent", {QKeySequence(Qt::CTRL | Qt::Key_P)},
             [this] { candidate_page_->open_parent(); });
  add_action("its second parent", {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P)},
             [this] { candidate_page_->open_second_parent(); });
  add_action("the candidate's class in the table", {QKeySequence(Qt::CTRL | Qt::Key_E)},
             [this] { candidate_page_->show_class(); });
  add_action("next member of its class", {QKeySequence(Qt::CTRL | Qt::Key_Down)},
             [this] { candidate_page_->step_member(1); });
  add_action("member before", {QKeySequence(Qt::CTRL | Qt::Key_Up)},
             [this] { candidate_page_->step_member(-1); });
}

void MainWindow::make_chart_actions() {
  add_action("next chart", {QKeySequence(Qt::CTRL | Qt::Key_Right)}, [this] { step_chart(1); });
  add_action("chart before", {QKeySequence(Qt::CTRL | Qt::Key_Left)}, [this] { step_chart(-1); });
  add_action("charts over candidates or seconds", {QKeySequence(Qt::CTRL | Qt::Key_T)},
             [this] { overview_page_->switch_axis(); });
  add_action("logarithmic x", {QKeySequence(Qt::CTRL | Qt::Key_L)},
             [this] { overview_page_->toggle_log_x(); });
  add_action("logarithmic y", {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L)},
             [this] { overview_page_->toggle_log_y(); });
  add_action("values at the pointer's place", {QKeySequence(Qt::CTRL | Qt::Key_I)},
             [this] { current_chart()->step_reading(0); });
  add_action("values to the right", {QKeySequence(Qt::CTRL | Qt::Key_Period)},
             [this] { current_chart()->step_reading(1); });
  add_action("values to the left", {QKeySequence(Qt::CTRL | Qt::Key_Comma)},
             [this] { current_chart()->step_reading(-1); });
}

void MainWindow::make_file_actions() {
  add_action("open a results file", {QKeySequence::Open}, [this] { ask_file(); });
  add_action("save the chart or the table", {QKeySequence::Save}, [this] { save_shown(); });
  add_action("copy the selected rows, or the chart", {QKeySequence::Copy},
             [this] { copy_shown(); });
  QAction* help = add_action("list the keys", {QKeySequence("?"), QKeySequence(Qt::Key_F1)},
                             [this] { show_help(); });
  help->setIconText("?");
  bar_->addAction(help);
  add_action("quit", {QKeySequence(Qt::CTRL | Qt::Key_Q)}, [this] { close(); });
}

Chart* MainWindow::current_chart() const {
  const auto& charts = page() == kRuns ? runs_page_->charts() : overview_page_->charts();
  for (Chart* chart : charts)
    if (chart->hasFocus()) return chart;
  return charts.front();
}

void MainWindow::step_chart(int step) {
  const auto& charts = page() == kRuns ? runs_page_->charts() : overview_page_->charts();
  const auto at = std::find(charts.begin(), charts.end(), current_chart()) - charts.begin();
  const auto count = static_cast<std::ptrdiff_t>(charts.size());
  // From elsewhere the first step leads to the first chart.
  const bool from_chart = charts[static_cast<std::size_t>(at)]->hasFocus();
  charts[static_cast<std::size_t>(from_chart ? (at + step + count) % count : at)]->setFocus();
}

QString MainWindow::help_text() const {
  QString html = "<table>";
  const auto row = [&html](const QString& keys, const QString& text) {
    html += "<tr><td style='padding-right:18px'><b>" + keys.toHtmlEscaped() + "</b></td><td>" +
            text.toHtmlEscaped() + "</td></tr>";
  };
  for (const QAction* action : actions()) {
    QStringList keys;
    for (const QKeySequence& key : action->shortcuts()) keys.append(key.toString());
    row(keys.join(", "), action->text());
  }
  row("Enter", "open the run or the candidate");
  row("+  -  arrows", "zoom and move the chart; so do the wheel and a dragged rectangle");
  row("Escape", "one zoom step back; then back to the page before");
  row("0, double click", "the whole chart");
  row("right click on a table's head", "choose columns");
  return html + "</table>";
}

void MainWindow::show_help() {
  auto* box = new QMessageBox(QMessageBox::NoIcon, "Keys", help_text(), QMessageBox::Close, this);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setTextFormat(Qt::RichText);
  box->open();
}

// Dialogs do not block: the window goes on behind them.
void MainWindow::ask_file() {
  auto* dialog = new QFileDialog(this, "Open a results file");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setNameFilters({"Results files (*.db)", "All files (*)"});
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this](const QString& file) { open(file.toStdString()); });
  dialog->open();
}

void MainWindow::save_shown() {
  const bool table = page() == kCandidates;
  Chart* chart = current_chart();
  auto* dialog = new QFileDialog(this, table ? "Save the table" : "Save the chart");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setNameFilters(
      table ? QStringList{"CSV (*.csv)", "JSON Lines (*.jsonl)"}
            : QStringList{"PNG (*.png)", "SVG (*.svg)", "PDF (*.pdf)", "CSV (*.csv)"});
  dialog->selectFile(table ? "candidates.csv" : QString::fromStdString(chart->chart().id) + ".png");
  connect(dialog, &QFileDialog::fileSelected, this, [this, table, chart](const QString& file) {
    if (table) return candidates_page_->save(file);
    say(chart->save(file));
  });
  dialog->open();
}

// As a click on the head of the column that the arrow keys have led to.
void MainWindow::sort_shown() {
  const auto sort = [](auto* view, const QHeaderView* head) {
    const int column = std::max(0, view->currentIndex().column());
    const bool again =
        head->sortIndicatorSection() == column && head->sortIndicatorOrder() == Qt::AscendingOrder;
    view->sortByColumn(column, again ? Qt::DescendingOrder : Qt::AscendingOrder);
  };
  if (page() == kRuns) sort(runs_page_->view(), runs_page_->view()->header());
  QTableView* table = candidates_page_->view();
  if (page() == kCandidates) sort(table, table->horizontalHeader());
}

void MainWindow::copy_shown() {
  if (page() == kCandidates)
    return QApplication::clipboard()->setText(candidates_page_->selected_text());
  QApplication::clipboard()->setPixmap(current_chart()->toPixmap(0, 0, 2.0));
}

}  // namespace equivolve::gui
