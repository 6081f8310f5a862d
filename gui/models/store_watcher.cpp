#include "gui/models/store_watcher.hpp"

namespace equivolve::gui {

void StoreWorker::open(const std::filesystem::path& file) {
  file_ = file;
  session_.reset();
  run_ = 0;
  in_trouble_ = false;
  if (timer_ == nullptr) {
    timer_ = new QTimer(this);
    connect(timer_, &QTimer::timeout, this, &StoreWorker::poll);
    timer_->start(StoreWatcher::kPollMilliseconds);
  }
  poll();
}

void StoreWorker::fail(const std::string& message) {
  session_.reset();
  in_trouble_ = true;
  Q_EMIT trouble(QString::fromStdString(message));
}

void StoreWorker::poll() {
  if (file_.empty()) return;
  if (!session_) {
    auto opened = StoreSession::open(file_);
    if (!opened) return fail(opened.error());
    session_ = std::move(*opened);
    published_ = 0;
    if (run_ != 0 && !session_->follow(run_)) run_ = 0;
  }
  const auto changed = session_->changed();
  if (!changed) return fail(changed.error());
  if (in_trouble_) {
    in_trouble_ = false;
    Q_EMIT well();
  }
  // A run that was killed changes nothing any more, but it is interrupted from then on: so the runs
  // are looked at now and then all the same.
  static constexpr int kPollsBetweenLooks = 8;
  const bool look = ++quiet_polls_ >= kPollsBetweenLooks;
  if (!*changed && !look) return;
  quiet_polls_ = 0;
  read_runs();
  if (session_ && *changed) read_more();
}

void StoreWorker::read_runs() {
  const auto runs = session_->runs();
  if (!runs) return fail(runs.error());
  Q_EMIT runs_read(*runs);
}

void StoreWorker::follow(engine::RunId run, std::uint64_t wish) {
  if (wish != run_wish) return;
  run_ = run;
  wish_ = wish;
  published_ = 0;
  if (!session_ || run == 0) return;
  if (auto followed = session_->follow(run); !followed) return fail(followed.error());
  read_more();
}

// One piece, and the next through the event loop, so that other wishes come in between.
void StoreWorker::read_more() {
  if (!session_ || session_->followed() == nullptr || wish_ != run_wish || reading_) return;
  const auto more = session_->read_piece();
  if (!more) return fail(more.error());
  const std::size_t rows = session_->followed()->data().rows();
  // While a large run is read, what is there is shown each time it has grown by half.
  if (!*more || rows >= published_ + published_ / 2 + kChunkRows) publish(!*more);
  if (!*more) return;
  reading_ = true;
  QMetaObject::invokeMethod(
      this,
      [this] {
        reading_ = false;
        read_more();
      },
      Qt::QueuedConnection);
}

void StoreWorker::publish(bool all) {
  const CandidateData& data = session_->followed()->data();
  published_ = data.rows();
  Q_EMIT candidates_read(run_, data, all);
}

void StoreWorker::read_details(std::uint64_t ticket, std::uint64_t wish) {
  if (!session_ || wish != details_wish) return;
  auto details = session_->details(ticket);
  if (!details) {
    in_trouble_ = true;  // until the next look at the file
    Q_EMIT trouble(QString::fromStdString(details.error()));
    return;
  }
  Q_EMIT details_read(std::make_shared<const CandidateDetails>(std::move(*details)));
}

StoreWatcher::StoreWatcher(QObject* parent) : QObject(parent), worker_(new StoreWorker) {
  qRegisterMetaType<CandidateData>();
  qRegisterMetaType<std::vector<RunRow>>();
  qRegisterMetaType<std::shared_ptr<const CandidateDetails>>();
  worker_->moveToThread(&thread_);
  connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
  connect(worker_, &StoreWorker::runs_read, this, &StoreWatcher::runs_read);
  connect(worker_, &StoreWorker::candidates_read, this, &StoreWatcher::candidates_read);
  connect(worker_, &StoreWorker::details_read, this, &StoreWatcher::details_read);
  connect(worker_, &StoreWorker::trouble, this, &StoreWatcher::trouble);
  connect(worker_, &StoreWorker::well, this, &StoreWatcher::well);
  thread_.start();
}

StoreWatcher::~StoreWatcher() {
  ++worker_->run_wish;
  thread_.quit();
  thread_.wait();
}

void StoreWatcher::open(const std::filesystem::path& file) {
  ++worker_->run_wish;
  QMetaObject::invokeMethod(worker_, [worker = worker_, file] { worker->open(file); });
}

void StoreWatcher::follow(engine::RunId run) {
  const std::uint64_t wish = ++worker_->run_wish;
  QMetaObject::invokeMethod(worker_, [worker = worker_, run, wish] { worker->follow(run, wish); });
}

void StoreWatcher::ask_details(std::uint64_t ticket) {
  const std::uint64_t wish = ++worker_->details_wish;
  QMetaObject::invokeMethod(
      worker_, [worker = worker_, ticket, wish] { worker->read_details(ticket, wish); });
}

}  // namespace equivolve::gui
