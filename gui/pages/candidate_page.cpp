#include "gui/pages/candidate_page.hpp"

#include <QEvent>
#include <QGridLayout>
#include <QSplitter>
#include <QUrl>
#include <QVBoxLayout>

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

QWidget* titled(QWidget* title, QWidget* content) {
  auto* box = new QWidget;
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(title);
  layout->addWidget(content, 1);
  return box;
}

}  // namespace

CandidatePage::CandidatePage(QWidget* parent)
    : QWidget(parent),
      facts_(browser("facts")),
      genome_(browser("genome")),
      member_(browser("member")),
      difference_(browser("difference")),
      trials_(browser("trials")),
      members_(new QListWidget),
      below_(new QTabWidget),
      member_title_(new QLabel) {
  members_->setObjectName("members");
  members_->setMaximumWidth(130);
  auto* side_by_side = new QSplitter;
  side_by_side->addWidget(titled(new QLabel("genome (dead code dimmed)"), genome_));
  side_by_side->addWidget(titled(member_title_, member_));
  side_by_side->addWidget(titled(new QLabel("class"), members_));
  side_by_side->addWidget(titled(new QLabel("difference to its parent"), difference_));
  for (int part = 0; part < 4; ++part) side_by_side->setStretchFactor(part, part == 2 ? 0 : 1);
  below_->addTab(trials_, "figures of its trials");
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->addWidget(facts_);
  splitter->addWidget(side_by_side);
  splitter->addWidget(below_);
  splitter->setSizes({120, 330, 230});
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(splitter);
  connect(members_, &QListWidget::currentRowChanged, this, &CandidatePage::show_member);
  connect(members_, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
    Q_EMIT ticket_wanted(item->data(Qt::UserRole).toUInt());
  });
  connect(facts_, &QTextBrowser::anchorClicked, this, &CandidatePage::follow_link);
  clear();
}

void CandidatePage::clear() {
  details_.reset();
  for (QTextBrowser* text : {genome_, member_, difference_, trials_}) text->clear();
  members_->clear();
  member_title_->setText("another of its class");
  facts_->setHtml("<i>choose a candidate in the table</i>");
  while (below_->count() > 1) below_->removeTab(1);
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
  show_artefacts();
  if (members_->count() > 0) members_->setCurrentRow(0);
}

void CandidatePage::write() {
  facts_->setHtml(facts_html(*details_));
  genome_->setHtml(genome_html(details_->text, palette()));
  difference_->setHtml(difference_html(*details_, palette()));
  trials_->setHtml(trials_html(*details_));
  if (details_->members.empty()) member_title_->setText("nothing else behaves like it");
}

void CandidatePage::show_member(int row) {
  if (!details_ || row < 0 || static_cast<std::size_t>(row) >= details_->members.size()) return;
  const ClassMember& member = details_->members[static_cast<std::size_t>(row)];
  member_title_->setText(QString("ticket %1, of the same class").arg(member.ticket));
  member_->setHtml(genome_html(member.text, palette()));
}

// Pictures and texts of the run's winner, a tab each.
void CandidatePage::show_artefacts() {
  for (const engine::ArtefactRow& artefact : details_->artefacts) {
    const QByteArray content = QByteArray::fromStdString(artefact.content);
    QWidget* shown = nullptr;
    if (artefact.media_type.starts_with("image/")) {
      auto* picture = new QLabel;
      QPixmap pixmap;
      if (!pixmap.loadFromData(content)) continue;
      picture->setPixmap(pixmap);
      shown = picture;
    } else {
      auto* text = browser("artefact");
      text->setPlainText(QString::fromUtf8(content.left(1 << 20)));
      shown = text;
    }
    below_->addTab(shown, QString::fromStdString(artefact.name));
  }
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
