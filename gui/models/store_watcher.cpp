#include "gui/models/store_watcher.hpp"

#include <algorithm>
#include <utility>

namespace equivolve::gui {

void StoreWorker::open(const std::filesystem::path& file) {
  file_ = file;
  session_.reset();
  identity_ = {};
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

namespace {

/// Adds the time until its end to what is given.
class Timed {
 public:
  explicit Timed(std::chrono::nanoseconds& sum) : sum_(sum) {}
  ~Timed() { sum_ += Clock::now() - begin_; }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  std::chrono::nanoseconds& sum_;
  Clock::time_point begin_ = Clock::now();
};

// At most an eighth of the time goes into news.
int poll_interval(std::chrono::nanoseconds busy) {
  constexpr int kIdleShare = 8;
  const auto wanted = std::chrono::duration_cast<std::chrono::milliseconds>(busy).count();
  return static_cast<int>(std::clamp<std::int64_t>(
      wanted * kIdleShare, StoreWatcher::kPollMilliseconds, StoreWatcher::kMostPollMilliseconds));
}

}  // namespace

void StoreWorker::poll() {
  if (file_.empty()) return;
  timer_->setInterval(poll_interval(busy_));
  busy_ = {};
  const Timed timed(busy_);
  if (!look()) return;
  const auto changed = session_->changed();
  if (!changed) return fail(changed.error());
  if (in_trouble_) {
    in_trouble_ = false;
    Q_EMIT well();
  }
  // A run that was killed changes nothing any more, but it is interrupted from then on, and a run
  // that gives no sign changes nothing either: so the runs are looked at now and then all the same.
  static constexpr int kPollsBetweenLooks = 4;
  if (!*changed && ++quiet_polls_ < kPollsBetweenLooks) return;
  quiet_polls_ = 0;
  read_runs();
  if (!session_) return;
  const bool begun = follow_wanted();
  if ((*changed || begun) && session_->followed() != nullptr) return read_more();
  // Not at the first look: whoever asked for it will choose a run to read, which goes first.
  if (!std::exchange(fresh_, false)) tally();
}

bool StoreWorker::look() {
  if (session_) return true;
  auto opened = StoreSession::open(file_);
  if (!opened) {
    fail(opened.error());
    return false;
  }
  session_ = std::move(*opened);
  fresh_ = true;
  if (session_->identity() != std::exchange(identity_, session_->identity())) {
    published_ = 0;
    Q_EMIT replaced();
  }
  return true;
}

// In a file that is new the run may not have begun yet.
bool StoreWorker::follow_wanted() {
  return run_ != 0 && session_->followed() == nullptr && session_->follow(run_);
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
  all_read_ = false;
  if (!session_ || run == 0) return;
  if (auto followed = session_->follow(run); !followed) return fail(followed.error());
  sample();
  if (session_) read_more();
}

void StoreWorker::sample() {
  const auto sampled = session_->sample();
  if (!sampled) return fail(sampled.error());
  if (*sampled) Q_EMIT candidates_sampled(run_, **sampled);
}

// Through the event loop, so that other wishes come in between.
void StoreWorker::later(bool& queued, void (StoreWorker::*step)()) {
  queued = true;
  QMetaObject::invokeMethod(
      this,
      [this, &queued, step] {
        queued = false;
        (this->*step)();
      },
      Qt::QueuedConnection);
}

void StoreWorker::read_more() {
  if (!session_ || session_->followed() == nullptr || wish_ != run_wish || reading_) return;
  // Only the news of a live run have to be cheap; what is there when it is opened is read at once.
  std::chrono::nanoseconds first{0};
  const Timed timed(all_read_ ? busy_ : first);
  read_piece();
}

void StoreWorker::read_piece() {
  const auto more = session_->read_piece();
  if (!more) return fail(more.error());
  const std::size_t rows = session_->followed()->data().rows();
  // While a large run is read, what is there is shown each time it has doubled; and what was shown
  // before a failure is not taken back.
  const bool enough = !*more ? rows >= published_ : rows >= 2 * published_ + kChunkRows;
  if (enough) publish(!*more);
  if (*more) return later(reading_, &StoreWorker::read_more);
  all_read_ = true;
  if (!tallying_) later(tallying_, &StoreWorker::tally);
}

// After what is on the screen: a run at a time, and the runs are shown again at the end.
void StoreWorker::tally() {
  if (!session_ || reading_ || tallying_) return;
  const Timed timed(busy_);
  const auto found = session_->tally_one();
  if (!found) return fail(found.error());
  if (*found) {
    tallied_ = true;
    return later(tallying_, &StoreWorker::tally);
  }
  if (std::exchange(tallied_, false)) read_runs();
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
  connect(worker_, &StoreWorker::candidates_sampled, this, &StoreWatcher::candidates_sampled);
  connect(worker_, &StoreWorker::candidates_read, this, &StoreWatcher::candidates_read);
  connect(worker_, &StoreWorker::details_read, this, &StoreWatcher::details_read);
  connect(worker_, &StoreWorker::replaced, this, &StoreWatcher::replaced);
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
