// Follows a results file from a thread of its own and tells the window what is new.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include <QObject>
#include <QString>
#include <QThread>
#include <QTimer>

#include "gui/models/store_session.hpp"

namespace equivolve::gui {

/// The part that lives on the worker thread.
class StoreWorker : public QObject {
  Q_OBJECT

 public:
  void open(const std::filesystem::path& file);
  void follow(engine::RunId run, std::uint64_t wish);
  void read_details(std::uint64_t ticket, std::uint64_t wish);

  /// What the window asked for last: work for older wishes is dropped. [any-thread]
  std::atomic<std::uint64_t> run_wish{0}, details_wish{0};

 Q_SIGNALS:
  void runs_read(const std::vector<equivolve::gui::RunRow>& runs);
  void candidates_sampled(qint64 run, const equivolve::gui::CandidateData& sample);
  void candidates_read(qint64 run, const equivolve::gui::CandidateData& data, bool all);
  void details_read(const std::shared_ptr<const equivolve::gui::CandidateDetails>& details);
  void replaced();
  void trouble(const QString& message);
  void well();

 private:
  void poll();
  bool look();
  bool follow_wanted();
  void read_runs();
  void sample();
  void read_more();
  void read_piece();
  void tally();
  void later(bool& queued, void (StoreWorker::*step)());
  void fail(const std::string& message);
  void publish(bool all);

  std::filesystem::path file_;
  std::unique_ptr<StoreSession> session_;
  StoreSession::Identity identity_;  // of the file that published_ speaks of
  QTimer* timer_ = nullptr;
  engine::RunId run_ = 0;
  std::uint64_t wish_ = 0;                   // that run_ answers
  std::size_t published_ = 0;                // rows
  bool reading_ = false, tallying_ = false;  // the next step of it is queued
  bool all_read_ = false;                    // of run_, once
  bool tallied_ = false;                     // and not shown yet
  bool fresh_ = false;                       // the session has been looked at once at most
  bool in_trouble_ = false;
  int quiet_polls_ = 0;
  std::chrono::nanoseconds busy_{0};  // with news since the last poll
};

/// The part that the window talks to; its signals arrive on the window's thread.
class StoreWatcher : public QObject {
  Q_OBJECT

 public:
  /// Seldomer where news take long to read, so that a live run costs little of a core.
  static constexpr int kPollMilliseconds = 250, kMostPollMilliseconds = 3000;

  explicit StoreWatcher(QObject* parent = nullptr);
  ~StoreWatcher() override;  ///< waits for the read in progress

  void open(const std::filesystem::path& file);
  /// 0: none.
  void follow(engine::RunId run);
  void ask_details(std::uint64_t ticket);

 Q_SIGNALS:
  void runs_read(const std::vector<equivolve::gui::RunRow>& runs);
  /// A large run at a first glance, before the first piece is read.
  void candidates_sampled(qint64 run, const equivolve::gui::CandidateData& sample);
  /// Piece by piece; `all`: nothing more is there for now.
  void candidates_read(qint64 run, const equivolve::gui::CandidateData& data, bool all);
  void details_read(const std::shared_ptr<const equivolve::gui::CandidateDetails>& details);
  /// Another file than before has the name: what was read is of the old one.
  void replaced();
  /// The file cannot be read; it is tried again and again until well().
  void trouble(const QString& message);
  void well();

 private:
  QThread thread_;
  StoreWorker* worker_;
};

}  // namespace equivolve::gui
