#include "gui/pages/candidate_page.hpp"

#include <QEvent>
#include <QSplitter>
#include <QTextTable>
#include <QUrl>
#include <QVBoxLayout>

#include "gui/pages/artefact_view.hpp"
#include "gui/pages/details_html.hpp"

namespace equivolve::gui {
namespace {

QTextBrowser* browser(const char* name) {
  auto* made = new QTextBrowser;
  made->setObjectName(name);
  made->setOpenLinks(false);
  made->setLineWrapMode(QTextEdit::NoWrap);
  return made;
}

QWidget* titled(QWidget* title, QWidget* drawing, QWidget* text) {
  auto* parts = new QSplitter(Qt::Vertical);
  if (drawing != nullptr) parts->addWidget(drawing);
  parts->addWidget(text);
  auto* box = new QWidget;
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(title);
  layout->addWidget(parts, 1);
  return box;
}

}  // namespace

CandidatePage::CandidatePage(QWidget* parent)
    : QWidget(parent),
      facts_(browser("facts")),
      genome_(browser("genome")),
      members_text_(browser("members_text")),
      difference_(browser("difference")),
      trials_(browser("trials")),
      members_(new QListWidget),
      graph_(new GraphView),
      member_graph_(new GraphView),
      below_(new QTabWidget),
      member_title_(new QLabel) {
  below_->addTab(trials_, "figures of its trials");
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->setObjectName("candidate_parts");
  splitter->addWidget(facts_);
  splitter->addWidget(make_genomes());
  splitter->addWidget(below_);
  splitter->setSizes({120, 370, 190});
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(splitter);
  connect(members_, &QListWidget::currentRowChanged, this, &CandidatePage::show_member);
  connect(members_, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
    Q_EMIT ticket_wanted(item->data(Qt::UserRole).toUInt());
  });
  connect(facts_, &QTextBrowser::anchorClicked, this, &CandidatePage::follow_link);
  clear();
}

// Itself, its class, and what it came from, side by side.
QWidget* CandidatePage::make_genomes() {
  graph_->setObjectName("graph");
  member_graph_->setObjectName("member_graph");
  members_->setObjectName("members");
  auto* side_by_side = new QSplitter;
  side_by_side->setObjectName("candidate_genomes");
  side_by_side->addWidget(titled(new QLabel("genome (dead code dimmed)"), graph_, genome_));
  side_by_side->addWidget(titled(member_title_, member_graph_, members_text_));
  QWidget* list = titled(new QLabel("class"), nullptr, members_);
  list->setMaximumWidth(120);
  side_by_side->addWidget(list);
  side_by_side->addWidget(titled(new QLabel("difference to its parent"), nullptr, difference_));
  const int stretches[] = {3, 5, 0, 3};
  for (int part = 0; part < 4; ++part) side_by_side->setStretchFactor(part, stretches[part]);
  side_by_side->setSizes({310, 450, 110, 310});
  return side_by_side;
}

void CandidatePage::clear() {
  details_.reset();
  for (QTextBrowser* text : {genome_, members_text_, difference_, trials_}) text->clear();
  for (GraphView* graph : {graph_, member_graph_}) graph->set_graph(std::nullopt);
  members_->clear();
  member_title_->setText("others of its class");
  facts_->setHtml("<i>choose a candidate in the table</i>");
  while (below_->count() > 1) {
    QWidget* artefact = below_->widget(1);
    below_->removeTab(1);
    delete artefact;
  }
}

void CandidatePage::set_details(const std::shared_ptr<const CandidateDetails>& details) {
  clear();
  details_ = details;
  for (const ClassMember& member : details_->members) {
    auto* item = new QListWidgetItem(QString("ticket %1").arg(member.ticket), members_);
    item->setData(Qt::UserRole, static_cast<quint32>(member.ticket));
    item->setToolTip("Enter opens it");
  }
  write();
  graph_->set_graph(details_->graph);
  show_artefacts();
  if (members_->count() > 0) members_->setCurrentRow(0);
}

void CandidatePage::write() {
  facts_->setHtml(facts_html(*details_));
  genome_->setHtml(genome_html(details_->text, palette()));
  difference_->setHtml(difference_html(*details_, palette()));
  trials_->setHtml(trials_html(*details_));
  const std::size_t shown = details_->members.size(), others = details_->member_count - 1;
  member_title_->setText(
      shown == 0       ? QString("nothing else behaves like it")
      : others == 1    ? QString("the other one of its class")
      : shown < others ? QString("the first %1 of %2 others of its class").arg(shown).arg(others)
                       : QString("the %1 others of its class").arg(others));
}

// Marks the member in the text of all, and brings it into view.
void CandidatePage::show_member(int row) {
  if (!details_ || row < 0 || static_cast<std::size_t>(row) >= details_->members.size()) return;
  members_text_->setHtml(members_html(details_->members, row, palette()));
  member_graph_->set_graph(details_->members[static_cast<std::size_t>(row)].graph);
  const auto frames = members_text_->document()->rootFrame()->childFrames();
  const auto* table = frames.isEmpty() ? nullptr : qobject_cast<QTextTable*>(frames.first());
  if (table == nullptr || row >= table->columns()) return;
  members_text_->setTextCursor(table->cellAt(1, row).lastCursorPosition());
  members_text_->ensureCursorVisible();
  members_text_->setTextCursor(table->cellAt(0, row).firstCursorPosition());
  members_text_->ensureCursorVisible();
}

// Those of the run's winner, a tab each.
void CandidatePage::show_artefacts() {
  for (const engine::ArtefactRow& artefact : details_->artefacts)
    below_->addTab(make_artefact_view(artefact), QString::fromStdString(artefact.name));
}

void CandidatePage::open_parent() {
  if (details_ && details_->parent) Q_EMIT birth_wanted(*details_->parent);
}

void CandidatePage::open_second_parent() {
  if (details_ && details_->second_parent) Q_EMIT birth_wanted(*details_->second_parent);
}

void CandidatePage::show_class() {
  if (details_ && details_->cls != engine::kNone64)
    Q_EMIT filter_wanted(QString("class == %1").arg(details_->cls));
}

void CandidatePage::step_member(int step) {
  const int row = members_->currentRow() + step;
  if (row >= 0 && row < members_->count()) members_->setCurrentRow(row);
}

void CandidatePage::follow_link(const QUrl& url) {
  const QString number = url.path();
  if (url.scheme() == "birth") Q_EMIT birth_wanted(number.toULongLong());
  if (url.scheme() == "class") Q_EMIT filter_wanted("class == " + number);
}

void CandidatePage::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() != QEvent::PaletteChange || !details_) return;
  write();
  show_member(members_->currentRow());
}

}  // namespace equivolve::gui
