// The latest of many computations: a new one cancels the one before it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <QCoreApplication>
#include <QMetaObject>
#include <QObject>
#include <QPointer>
#include <QThreadPool>

namespace equivolve::gui {

/// Runs work on a thread of the pool and hands what comes out to the owner's thread. Used by the
/// owner's thread alone; after cancel(), or the owner's end, nothing is handed over.
class Background {
 public:
  explicit Background(QObject* owner) : owner_(owner) {}
  ~Background() { cancel(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  void cancel() {
    if (cancelled_) *cancelled_ = true;
    cancelled_.reset();
  }
  bool is_busy() const { return cancelled_ != nullptr; }

  /// work(cancelled) -> optional<Result>, which done(Result) gets.
  template <class Work, class Done>
  void start(Work work, Done done) {
    cancel();
    cancelled_ = std::make_shared<std::atomic<bool>>(false);
    QThreadPool::globalInstance()->start([this, owner = QPointer<QObject>(owner_),
                                          flag = cancelled_, work = std::move(work),
                                          done = std::move(done)]() mutable {
      auto result = work(static_cast<const std::atomic<bool>&>(*flag));
      if (!result || *flag) return;
      // Delivered by the application's thread, which is the owner's: it sees `flag` set when the
      // owner is gone.
      QMetaObject::invokeMethod(
          QCoreApplication::instance(),
          [this, owner, flag, done = std::move(done), result = std::move(*result)]() mutable {
            if (*flag || owner.isNull()) return;
            cancelled_.reset();
            done(std::move(result));
          },
          Qt::QueuedConnection);
    });
  }

 private:
  QObject* owner_;
  std::shared_ptr<std::atomic<bool>> cancelled_;
};

}  // namespace equivolve::gui
