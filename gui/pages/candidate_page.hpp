// One candidate: what it is, its class, what differs from its parent, its trials.
#pragma once

#include <memory>

#include <QLabel>
#include <QListWidget>
#include <QTabWidget>
#include <QTextBrowser>
#include <QWidget>

#include "gui/models/candidate_details.hpp"
#include "gui/pages/graph_view.hpp"

namespace equivolve::gui {

class CandidatePage : public QWidget {
  Q_OBJECT

 public:
  explicit CandidatePage(QWidget* parent = nullptr);
  void clear();
  void set_details(const std::shared_ptr<const CandidateDetails>& details);
  const CandidateDetails* details() const { return details_.get(); }

  // As the links and the list of members, from the keyboard.
  void open_parent();
  void open_second_parent();
  void show_class();
  /// The next member of its class, or the one before.
  void step_member(int step);

 Q_SIGNALS:
  void ticket_wanted(quint32 ticket);
  void birth_wanted(quint64 birth);
  void filter_wanted(const QString& filter);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  QWidget* make_genomes();
  void follow_link(const QUrl& url);
  void write();
  void show_member(int row);
  void show_artefacts();

  std::shared_ptr<const CandidateDetails> details_;
  QTextBrowser *facts_, *genome_, *members_text_, *difference_, *trials_;
  QListWidget* members_;
  GraphView *graph_, *member_graph_;
  QTabWidget* below_;
  QLabel* member_title_;
};

}  // namespace equivolve::gui
