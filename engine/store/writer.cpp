#include "engine/store/writer.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/store/errors.hpp"
#include "engine/store/fault_point.hpp"
#include "engine/store/session.hpp"

namespace equivolve::engine {

using store::Extras;
using store::WriteSession;

namespace {

/// Rows that a record becomes: a trial may bring thousands of intermediate values.
std::uint64_t rows_of(const Record& record) {
  const auto* trial = std::get_if<TrialRow>(&record);
  return 1 + (trial == nullptr ? 0 : trial->intermediate.size());
}

}  // namespace

// Records go through `incoming`; everything else is a job, carried out on the writer's thread after
// the records before it.
struct StoreWriter::State {
  using Clock = std::chrono::steady_clock;

  // Constant after open.
  std::filesystem::path file;
  WriterOptions options;
  std::thread thread;

  // Of the writer's thread once it runs.
  std::unique_ptr<WriteSession> session;
  std::vector<OutcomeRow> durable;  // scratch

  // Of take_wishes, under its own mutex.
  std::mutex wishes_mutex;
  std::optional<sql::Database> wishes_database;
  std::int64_t last_wish = 0;

  // Under `mutex`.
  mutable std::mutex mutex;
  std::condition_variable work;      // for the thread: records, a job, the end
  std::condition_variable progress;  // for the others: room, commits, the job's end
  std::vector<Record> incoming;
  Extras extras;
  Clock::time_point first_push;
  std::uint64_t pushed = 0;  // rows of the records accepted
  std::uint64_t done = 0;    // ... and committed, or dropped after the failure
  std::size_t waiting = 0;   // callers for whom the group's time is too long
  bool stop = false;
  std::function<void()> job;
  std::uint64_t job_after = 0;  // `pushed` of the records that come before it
  std::optional<StoreError> failed;
  std::function<void(const std::vector<OutcomeRow>&)> callback;
  RunId run = 0;

  void loop();
  void write_batch(std::vector<Record>& batch, const Extras& taken);
  bool write_group(std::span<Record> group, const Extras& taken);
  void acknowledge(std::span<Record> group);
  void fail(StoreError error);
  bool has_work() const { return stop || job || !incoming.empty() || !extras.empty(); }
  bool is_urgent() const {
    return stop || job || waiting > 0 || pushed - done >= options.group_rows;
  }
  /// Carries out `task` on the writer's thread after everything pushed so far.
  void call(std::function<void()> task);
  tl::expected<void, StoreError> checked() const;
};

void StoreWriter::State::loop() {
  std::vector<Record> batch;
  std::unique_lock lock(mutex);
  for (;;) {
    work.wait(lock, [this] { return has_work(); });
    if (!incoming.empty() && !is_urgent()) {
      work.wait_until(lock, first_push + options.group_time, [this] { return is_urgent(); });
    }
    if (failed) {
      incoming.clear();
      extras = {};
    }
    if (job && done >= job_after && extras.empty()) {
      const auto task = std::exchange(job, nullptr);
      lock.unlock();
      task();
      lock.lock();
      continue;
    }
    if (incoming.empty() && extras.empty()) {
      if (stop) return;
      continue;
    }
    batch.swap(incoming);
    const Extras taken = std::exchange(extras, {});
    lock.unlock();
    write_batch(batch, taken);
    batch.clear();
    lock.lock();
  }
}

void StoreWriter::State::write_batch(std::vector<Record>& batch, const Extras& taken) {
  Extras rest = taken;
  std::span<Record> records(batch);
  do {
    const auto group = records.first(std::min(records.size(), options.group_rows));
    records = records.subspan(group.size());
    if (!write_group(group, std::exchange(rest, {}))) return;
  } while (!records.empty());
}

bool StoreWriter::State::write_group(std::span<Record> group, const Extras& taken) {
  std::uint64_t rows = 0;
  for (const Record& record : group) rows += rows_of(record);
  if (auto written = session->write(group, taken); !written) {
    fail(std::move(written.error()));
    return false;
  }
  acknowledge(group);
  {
    const std::lock_guard lock(mutex);
    done += rows;
  }
  progress.notify_all();
  return true;
}

void StoreWriter::State::acknowledge(std::span<Record> group) {
  std::function<void(const std::vector<OutcomeRow>&)> callee;
  {
    const std::lock_guard lock(mutex);
    callee = callback;
  }
  if (!callee) return;
  durable.clear();
  for (Record& record : group) {
    if (auto* outcome = std::get_if<OutcomeRow>(&record)) durable.push_back(std::move(*outcome));
  }
  callee(durable);
  EQV_FAULT_POINT("store.acknowledge.after");
}

void StoreWriter::State::fail(StoreError error) {
  {
    const std::lock_guard lock(mutex);
    if (!failed) failed = std::move(error);
    incoming.clear();
    done = pushed;
  }
  progress.notify_all();
}

void StoreWriter::State::call(std::function<void()> task) {
  bool ended = false;
  std::unique_lock lock(mutex);
  ++waiting;
  progress.wait(lock, [this] { return !job; });
  job = [this, &task, &ended] {
    task();
    {
      const std::lock_guard inner(mutex);
      ended = true;
    }
    progress.notify_all();
  };
  job_after = pushed;
  work.notify_one();
  progress.wait(lock, [&ended] { return ended; });
  --waiting;
}

tl::expected<void, StoreError> StoreWriter::State::checked() const {
  if (failed) return tl::unexpected(*failed);
  return {};
}

tl::expected<std::unique_ptr<StoreWriter>, StoreError> StoreWriter::open(
    const std::filesystem::path& file, WriterOptions options) {
  auto session = WriteSession::open(file, options);
  if (!session) return tl::unexpected(session.error());
  std::unique_ptr<StoreWriter> writer(new StoreWriter);
  State& state = *writer->state_;
  state.file = file;
  state.options = std::move(options);
  state.options.group_rows = std::max<std::size_t>(state.options.group_rows, 1);
  state.options.queue_capacity = std::max<std::size_t>(state.options.queue_capacity, 1);
  state.session = std::move(*session);
  state.thread = std::thread([&state] { state.loop(); });
  return writer;
}

StoreWriter::StoreWriter() : state_(std::make_unique<State>()) {}

StoreWriter::~StoreWriter() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->work.notify_one();
  if (state_->thread.joinable()) state_->thread.join();
}

tl::expected<RunId, StoreError> StoreWriter::begin_run(const RunHead& head) {
  tl::expected<RunId, StoreError> begun = 0;
  std::int64_t last_wish = 0;
  state_->call([&] {
    begun = state_->session->begin_run(head);
    last_wish = state_->session->last_wish_seen();
  });
  if (!begun) return begun;
  const std::scoped_lock lock(state_->wishes_mutex, state_->mutex);
  state_->last_wish = last_wish;
  state_->run = *begun;
  return begun;
}

tl::expected<GroupId, StoreError> StoreWriter::begin_group(const GroupPlan& plan) {
  tl::expected<GroupId, StoreError> begun = 0;
  state_->call([&] { begun = state_->session->begin_group(plan); });
  return begun;
}

tl::expected<void, StoreError> StoreWriter::resume_run(RunId run) {
  tl::expected<void, StoreError> resumed;
  std::int64_t last_wish = 0;
  state_->call([&] {
    resumed = state_->session->resume_run(run);
    last_wish = state_->session->last_wish_seen();
  });
  if (!resumed) return resumed;
  const std::scoped_lock lock(state_->wishes_mutex, state_->mutex);
  state_->last_wish = last_wish;
  state_->run = run;
  return {};
}

tl::expected<void, StoreError> StoreWriter::change_configuration(const std::string& resolved) {
  tl::expected<void, StoreError> changed;
  state_->call([&] { changed = state_->session->change_configuration(resolved); });
  return changed;
}

void StoreWriter::push(Record record) {
  const std::uint64_t rows = rows_of(record);
  std::unique_lock lock(state_->mutex);
  const auto has_room = [this] {
    return state_->failed || state_->pushed - state_->done < state_->options.queue_capacity;
  };
  if (!has_room()) {
    ++state_->waiting;
    state_->work.notify_one();
    state_->progress.wait(lock, has_room);
    --state_->waiting;
  }
  if (state_->failed) return;
  if (state_->incoming.empty()) state_->first_push = State::Clock::now();
  state_->incoming.push_back(std::move(record));
  state_->pushed += rows;
  const bool wake =
      state_->incoming.size() == 1 || state_->incoming.size() == state_->options.group_rows;
  lock.unlock();
  if (wake) state_->work.notify_one();
}

void StoreWriter::on_commit(std::function<void(const std::vector<OutcomeRow>&)> callback) {
  const std::lock_guard lock(state_->mutex);
  state_->callback = std::move(callback);
}

tl::expected<void, StoreError> StoreWriter::flush() {
  std::unique_lock lock(state_->mutex);
  const std::uint64_t goal = state_->pushed;
  ++state_->waiting;
  state_->work.notify_one();
  state_->progress.wait(lock, [&] { return state_->failed || state_->done >= goal; });
  --state_->waiting;
  return state_->checked();
}

tl::expected<void, StoreError> StoreWriter::update_run(const RunState& run_state) {
  if (auto flushed = flush(); !flushed) return flushed;
  tl::expected<void, StoreError> updated;
  state_->call([&] { updated = state_->session->set_state(run_state); });
  return updated;
}

void StoreWriter::heartbeat(std::uint64_t told, double seconds) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->failed || state_->run == 0) return;
    state_->extras.beat = store::Beat{told, seconds};
  }
  state_->work.notify_one();
}

// Reads on a connection of its own, so that the caller never waits for the writer's thread; that
// the wishes are taken is written down by that thread with its next group.
std::vector<std::string> StoreWriter::take_wishes() {
  const std::lock_guard wishes_lock(state_->wishes_mutex);
  RunId run = 0;
  {
    const std::lock_guard lock(state_->mutex);
    run = state_->run;
  }
  if (run == 0) return {};
  if (!state_->wishes_database) {
    auto opened = sql::Database::open(state_->file, sql::Access::kReadWrite, state_->options.vfs);
    if (!opened) return {};
    opened->no_checkpoint_on_close();
    state_->wishes_database = std::move(*opened);
  }
  auto found = store::read_wishes(*state_->wishes_database, run, state_->last_wish);
  if (!found || found->empty()) return {};  // a failed look is made up for by the next one
  std::vector<std::string> wishes;
  for (const store::Wish& wish : *found) wishes.push_back(wish.wish);
  state_->last_wish = found->back().id;
  {
    const std::lock_guard lock(state_->mutex);
    auto& taken = state_->extras.taken;
    if (!state_->failed) taken.insert(taken.end(), found->begin(), found->end());
  }
  state_->work.notify_one();
  return wishes;
}

std::optional<StoreError> StoreWriter::failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failed;
}

tl::expected<void, StoreError> StoreWriter::finish_run() {
  const auto flushed = flush();
  tl::expected<void, StoreError> finished;
  state_->call([&] {
    if (flushed) {
      finished = state_->session->finish_run();
    } else {
      state_->session->release();
    }
  });
  {
    const std::scoped_lock lock(state_->wishes_mutex, state_->mutex);
    state_->run = 0;
    state_->wishes_database.reset();
  }
  return flushed ? finished : flushed;
}

const std::filesystem::path& StoreWriter::file() const {
  return state_->file;
}

}  // namespace equivolve::engine
