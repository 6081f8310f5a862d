// What can be done in the window, each with its keys; the help lists them all.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
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
  auto* bar = new QToolBar("main");
  bar->setObjectName("main");
  bar->setMovable(false);
  addToolBar(bar);
  back_ = add_action("back", {QKeySequence(Qt::ALT | Qt::Key_Left), QKeySequence(Qt::Key_Back)},
                     [this] {
                       if (history_.can_go_back()) go(history_.back());
                     });
  forward_ = add_action(
      "forward", {QKeySequence(Qt::ALT | Qt::Key_Right), QKeySequence(Qt::Key_Forward)}, [this] {
        if (history_.can_go_forward()) go(history_.forward());
      });
  back_->setText("\u2190");
  forward_->setText("\u2192");
  back_->setData("back");
  forward_->setData("forward");
  bar->addActions({back_, forward_});
  bar->addSeparator();
  const QStringList names = {"Runs", "Overview", "Candidates", "Candidate"};
  for (int page = 0; page < names.size(); ++page) {
    QAction* action =
        add_action(names[page], {QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page))},
                   [this, page] { show_page(page); });
    action->setCheckable(true);
    page_actions_.append(action);
    bar->addAction(action);
  }
  bar->addSeparator();
  bar->addWidget(filter_text_);
  add_action("filter candidates", {QKeySequence(Qt::CTRL | Qt::Key_F)}, [this] {
    filter_text_->setFocus();
    filter_text_->selectAll();
  });
  add_action("search runs", {QKeySequence(Qt::CTRL | Qt::Key_R)}, [this] {
    show_page(kRuns);
    runs_page_->focus_search();
  });
  add_action("open a results file", {QKeySequence::Open}, [this] { ask_file(); });
  add_action("save the chart or the table", {QKeySequence::Save}, [this] { save_shown(); });
  add_action("copy the selected rows, or the chart", {QKeySequence::Copy},
             [this] { copy_shown(); });
  add_action("next chart", {QKeySequence(Qt::CTRL | Qt::Key_Right)}, [this] {
    const auto& charts = overview_page_->charts();
    const auto at =
        std::find(charts.begin(), charts.end(), overview_page_->current_chart()) - charts.begin();
    charts[static_cast<std::size_t>(at + 1) % charts.size()]->setFocus();
  });
  QAction* help = add_action("list the keys", {QKeySequence("?"), QKeySequence(Qt::Key_F1)},
                             [this] { show_help(); });
  help->setIconText("?");
  bar->addAction(help);
  add_action("quit", {QKeySequence::Quit}, [this] { close(); });
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
    row(keys.join(", "), action->data().isValid() ? action->data().toString() : action->text());
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

void MainWindow::ask_file() {
  const QString file = QFileDialog::getOpenFileName(this, "Open a results file", {},
                                                    "Results files (*.db);;All files (*)");
  if (!file.isEmpty()) open(file.toStdString());
}

void MainWindow::save_shown() {
  const bool table = page() == kCandidates;
  const QString kinds = table ? "CSV (*.csv);;JSON Lines (*.jsonl)"
                              : "PNG (*.png);;SVG (*.svg);;PDF (*.pdf);;CSV (*.csv)";
  Chart* chart = page() == kRuns ? runs_page_->comparison() : overview_page_->current_chart();
  const QString name =
      table ? "candidates.csv" : QString::fromStdString(chart->chart().id) + ".png";
  const QString file = QFileDialog::getSaveFileName(this, "Save", name, kinds);
  if (file.isEmpty()) return;
  say(table ? candidates_page_->save(file) : chart->save(file));
}

void MainWindow::copy_shown() {
  if (page() == kCandidates)
    return QApplication::clipboard()->setText(candidates_page_->selected_text());
  Chart* chart = page() == kRuns ? runs_page_->comparison() : overview_page_->current_chart();
  QApplication::clipboard()->setPixmap(chart->toPixmap(0, 0, 2.0));
}

}  // namespace equivolve::gui
