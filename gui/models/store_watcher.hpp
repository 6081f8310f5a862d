// Follows a results file from a thread of its own and tells the window what is new.
#pragma once

#include <atomic>
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
  void candidates_read(qint64 run, const equivolve::gui::CandidateData& data, bool all);
  void details_read(const std::shared_ptr<const equivolve::gui::CandidateDetails>& details);
  void trouble(const QString& message);
  void well();

 private:
  void poll();
  void read_runs();
  void read_more();
  void fail(const std::string& message);
  void publish(bool all);

  std::filesystem::path file_;
  std::unique_ptr<StoreSession> session_;
  QTimer* timer_ = nullptr;
  engine::RunId run_ = 0;
  std::uint64_t wish_ = 0;     // that run_ answers
  std::size_t published_ = 0;  // rows
  bool reading_ = false;       // read_more is queued
  bool in_trouble_ = false;
  int quiet_polls_ = 0;
};

/// The part that the window talks to; its signals arrive on the window's thread.
class StoreWatcher : public QObject {
  Q_OBJECT

 public:
  static constexpr int kPollMilliseconds = 250;

  explicit StoreWatcher(QObject* parent = nullptr);
  ~StoreWatcher() override;  ///< waits for the read in progress

  void open(const std::filesystem::path& file);
  /// 0: none.
  void follow(engine::RunId run);
  void ask_details(std::uint64_t ticket);

 Q_SIGNALS:
  void runs_read(const std::vector<equivolve::gui::RunRow>& runs);
  /// Piece by piece; `all`: nothing more is there for now.
  void candidates_read(qint64 run, const equivolve::gui::CandidateData& data, bool all);
  void details_read(const std::shared_ptr<const equivolve::gui::CandidateDetails>& details);
  /// The file cannot be read; it is tried again and again until well().
  void trouble(const QString& message);
  void well();

 private:
  QThread thread_;
  StoreWorker* worker_;
};

}  // namespace equivolve::gui
