#include "engine/plugins/workers/worker_process.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/set_aside.hpp"

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookForDeadline = 1s;
/// A worker that has closed its output is as good as gone.
constexpr auto kAfterOutput = 1s;
/// Bytes of answers to its progress that wait to be read: more is a worker that reads nothing.
constexpr std::size_t kMostUnreadReplies = std::size_t{1} << 20;

/// The engine does so for itself; a write to a worker that is gone is no end of anybody else
/// either.
void survive_broken_pipes() {
  struct sigaction now {};
  if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

std::string with_log(std::string message, const std::string& log) {
  const std::string last = last_line_of(log);
  return one_line(last.empty() ? message : message + ": " + last);
}

bool is_part(const protocol::Body& body) {
  return std::holds_alternative<protocol::Progress>(body) ||
         std::holds_alternative<protocol::ItemsPart>(body) ||
         std::holds_alternative<protocol::ArtefactPart>(body) ||
         std::holds_alternative<protocol::Log>(body);
}

/// What it has caught is not to be relied on, and what it holds is not known.
bool says_out_of_memory(const protocol::Body& answer) {
  const auto* result = std::get_if<protocol::Result>(&answer);
  return result && result->trial.status == Status::kFailed &&
         result->trial.reason == Reason::kMemory;
}

}  // namespace

tl::expected<std::unique_ptr<WorkerProcess>, std::string> WorkerProcess::start(
    const ChildSettings& settings, const Grace& grace) {
  survive_broken_pipes();
  ChildSettings whole_life = settings;
  whole_life.cpu_seconds = 0;  // counted anew for each trial
  auto child = ChildProcess::start(whole_life);
  if (!child) return tl::unexpected<std::string>(std::move(child.error()));
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(std::move(*child), settings, grace));
}

WorkerProcess::WorkerProcess(ChildProcess child, const ChildSettings& settings, const Grace& grace)
    : child_(std::move(child)),
      memory_limit_(settings.memory > 0 ? settings.memory : settings.data),
      cpu_limit_(settings.cpu_seconds),
      grace_(grace),
      largest_(child_.keeper(), settings.memory > 0 ? LargestProcess::Of::kAddressSpace
                                                    : LargestProcess::Of::kData) {}

// ---- asking

tl::expected<WorkerReply, WorkerLoss> WorkerProcess::ask(protocol::Body question,
                                                         const Patience& patience,
                                                         const OnPart& on_part) {
  Exchange exchange;
  exchange.patience = &patience;
  exchange.on_part = &on_part;
  exchange.is_trial = std::holds_alternative<protocol::Evaluate>(question);
  std::unique_lock lock(lock_);
  if (has_ended_)
    return tl::unexpected(
        WorkerLoss{Reason::kLostWorker, patience.is_stopped(), false, "had ended already", ""});
  exchange.id = ++questions_;
  std::string line = protocol::encode({exchange.id, std::move(question)});
  if (line.size() > protocol::kLongestMessage)
    return WorkerReply{
        protocol::Failure{{"", "was asked what does not fit into a message of 16 MiB", false}}, "",
        false};
  open_.push_back(&exchange);
  if (open_.size() == 1) begin(exchange);
  send(std::move(line));
  while (!exchange.end) {
    if (is_looked_after_) {
      exchange.ended.wait(lock);
      continue;
    }
    is_looked_after_ = true;
    look_after(lock);
    is_looked_after_ = false;
  }
  if (!is_looked_after_ && !open_.empty()) open_.front()->ended.notify_one();
  return std::move(*exchange.end);
}

/// Its turn. What was printed so far is not of its log, but for the first one's, which has the
/// words of its start.
void WorkerProcess::begin(Exchange& exchange) {
  exchange.began = exchange.asked_at = Clock::now();
  if (errors_are_open_ && exchange.id > 1) errors_are_open_ = read_from(child_.errors(), true);
  log_.begin(exchange.id);
  if (cpu_limit_ > 0) limit_cpu_time_below(child_.keeper(), exchange.is_trial ? cpu_limit_ : 0);
}

/// What it printed before it answered is in the pipe by now.
void WorkerProcess::finish(Exchange& exchange, protocol::Body answer) {
  if (errors_are_open_) errors_are_open_ = read_from(child_.errors(), true);
  const bool was_first = open_.front() == &exchange;
  is_out_of_memory_ = is_out_of_memory_ || says_out_of_memory(answer);
  exchange.end.emplace(
      WorkerReply{std::move(answer), log_.text(), exchange.asked != Asked::kNothing});
  exchange.ended.notify_one();
  std::erase(open_, &exchange);
  if (was_first && !open_.empty()) begin(*open_.front());
}

void WorkerProcess::send(std::string line) {
  unsent_.erase(0, std::exchange(sent_, 0));
  unsent_ += line;
  unsent_ += '\n';
  write_what_goes();
}

/// One write a message where the pipe has room. What can no longer be written is found out by the
/// worker's end.
void WorkerProcess::write_what_goes() {
  while (sent_ < unsent_.size()) {
    const ssize_t count = ::write(child_.input(), unsent_.data() + sent_, unsent_.size() - sent_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) break;
    sent_ += static_cast<std::size_t>(count);
  }
  unsent_.clear();
  sent_ = replies_ = 0;
}

// ---- looking after the worker

std::chrono::nanoseconds WorkerProcess::longest_wait() const {
  std::chrono::nanoseconds longest = kLookForDeadline;
  const Exchange& first = *open_.front();
  if (first.patience->deadline.count() > 0)
    longest = std::min<std::chrono::nanoseconds>(
        longest, first.began + first.patience->deadline - Clock::now());
  // Several, as others may come and go meanwhile; one that was cancelled is looked after closely.
  if (open_.size() > 1 || first.patience->stop || first.asked != Asked::kNothing ||
      !output_is_open_)
    longest = std::min<std::chrono::nanoseconds>(longest, kLookForStop);
  return std::max<std::chrono::nanoseconds>(longest, 0ns);
}

/// Waits for something to happen, without the lock, and does what is due.
void WorkerProcess::look_after(std::unique_lock<std::mutex>& lock) {
  std::array<pollfd, 4> all{pollfd{child_.end_descriptor(), POLLIN, 0},
                            pollfd{output_is_open_ ? child_.output() : -1, POLLIN, 0},
                            pollfd{errors_are_open_ ? child_.errors() : -1, POLLIN, 0},
                            pollfd{unsent_.empty() ? -1 : child_.input(), POLLOUT, 0}};
  const std::chrono::nanoseconds longest = longest_wait();
  lock.unlock();
  const int ready = wait_.poll(all, longest);
  lock.lock();
  if (ready > 0) {
    if (all[3].revents != 0) write_what_goes();
    if (all[2].revents != 0) errors_are_open_ = read_from(child_.errors(), true);
    if (all[1].revents != 0) output_is_open_ = read_from(child_.output(), false);
    if (!output_is_open_ && output_closed_ == Clock::time_point()) output_closed_ = Clock::now();
    if (all[0].revents != 0) read_what_is_left();
  }
  const bool has_ended = ready > 0 && all[0].revents != 0;
  take_lines();
  if (has_ended && !has_ended_) {
    has_ended_ = true;
    if (!open_.empty()) end_all(loss_by_end(*open_.front()));
  }
  if (has_ended_ || open_.empty()) return;
  end_what_is_due();
}

/// What it wrote itself is in the pipes; what it has started may write on.
void WorkerProcess::read_what_is_left() {
  constexpr int kMost = 8;  // of 256 KiB: more than a pipe holds
  for (int i = 0; i < kMost && output_is_open_; ++i) {
    pollfd one{child_.output(), POLLIN, 0};
    if (poll(&one, 1, 0) <= 0) break;
    output_is_open_ = read_from(child_.output(), false);
  }
  if (errors_are_open_) read_from(child_.errors(), true);
}

/// A bounded part of what is there. False at its end.
bool WorkerProcess::read_from(int descriptor, bool is_log) {
  std::array<char, 64 * 1024> piece;
  for (int i = 0; i < 4; ++i) {
    const ssize_t count = ::read(descriptor, piece.data(), piece.size());
    if (count == 0) return false;
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    const std::string_view bytes(piece.data(), static_cast<std::size_t>(count));
    if (is_log)
      log_.add(bytes, questions_);
    else
      lines_.add(bytes);
    if (bytes.size() < piece.size()) return true;
  }
  return true;
}

void WorkerProcess::take_lines() {
  while (!open_.empty()) {
    const auto line = lines_.next();
    if (!line) break;
    auto message = protocol::decode(*line);
    if (!message)
      return lose(Reason::kProtocol, "wrote what is no message: " + message.error().message);
    if (!take(std::move(*message))) return;
  }
  if (lines_.overlong() > 0) lose(Reason::kProtocol, "wrote a line of more than 16 MiB");
}

/// False: the worker is lost by it.
bool WorkerProcess::take(protocol::Message message) {
  const bool is_log = std::holds_alternative<protocol::Log>(message.body);
  const auto found = std::ranges::find(open_, message.id, &Exchange::id);
  if (found == open_.end() && !is_log) {
    lose(Reason::kProtocol, fmt::format("answered question {} where question {} was open",
                                        message.id, open_.front()->id));
    return false;
  }
  Exchange& exchange = found == open_.end() ? *open_.front() : **found;
  if (!is_part(message.body)) {
    finish(exchange, std::move(message.body));
    return true;
  }
  auto reply = *exchange.on_part ? (*exchange.on_part)(std::move(message.body)) : std::nullopt;
  if (!reply) return true;
  std::string line = protocol::encode({exchange.id, std::move(*reply)});
  replies_ += line.size();
  send(std::move(line));
  if (replies_ <= kMostUnreadReplies) return true;
  lose(Reason::kProtocol, "reads nothing of what it is answered");
  return false;
}

void WorkerProcess::end_what_is_due() {
  const auto now = Clock::now();
  if (!output_is_open_ && now - output_closed_ >= kAfterOutput) {
    killed_for_silence_ = true;
    child_.kill();
  }
  for (Exchange* exchange : open_) {
    const bool is_first = exchange == open_.front();
    if (exchange->asked == Asked::kNothing) {
      const Patience& patience = *exchange->patience;
      exchange->by_stop = patience.is_stopped();
      const bool is_late =
          is_first && patience.deadline.count() > 0 && now - exchange->began >= patience.deadline;
      if (is_late || exchange->by_stop) cancel(*exchange, now);
    } else if (is_first) {
      escalate(*exchange, now);
    }
  }
}

void WorkerProcess::cancel(Exchange& exchange, Clock::time_point now) {
  exchange.asked = Asked::kCancel;
  exchange.asked_at = now;
  send(protocol::encode({exchange.id, protocol::Cancel{}}));
}

void WorkerProcess::escalate(Exchange& exchange, Clock::time_point now) {
  if (exchange.asked == Asked::kCancel && now - exchange.asked_at >= grace_.until_terminated) {
    exchange.asked = Asked::kTerminate;
    child_.ask_to_end();
  } else if (exchange.asked == Asked::kTerminate &&
             now - exchange.asked_at >= grace_.until_killed) {
    exchange.asked = Asked::kKill;
    child_.kill();
  }
}

// ---- losses

/// Of a worker that is not believed any more.
void WorkerProcess::lose(Reason reason, std::string message) {
  if (errors_are_open_) read_from(child_.errors(), true);
  child_.kill();
  child_.wait();
  has_ended_ = true;
  end_all({reason, false, true, one_line(message), log_.text()});
}

/// Only the first question had been begun; the others may be asked elsewhere.
void WorkerProcess::end_all(WorkerLoss of_first) {
  for (bool is_first = true; !open_.empty(); is_first = false) {
    Exchange& exchange = *open_.front();
    open_.pop_front();
    WorkerLoss loss = is_first ? of_first
                               : WorkerLoss{Reason::kLostWorker, exchange.patience->is_stopped(),
                                            false, "was lost before the question's turn", ""};
    exchange.end.emplace(tl::unexpected(std::move(loss)));
    exchange.ended.notify_one();
  }
}

WorkerLoss WorkerProcess::loss_by_end(const Exchange& exchange) {
  const ChildEnd end = child_.wait();
  WorkerLoss loss;
  loss.log = log_.text();
  if (exchange.asked != Asked::kNothing) {
    loss.was_stopped = exchange.by_stop;
    loss.reason = Reason::kDeadline;
    loss.message =
        exchange.by_stop
            ? "the run was stopped"
            : fmt::format("took longer than {:g} s; allow more with the key evaluator.deadline",
                          std::chrono::duration<double>(exchange.patience->deadline).count());
    return loss;
  }
  if (std::string spent = cpu_time_text(end, exchange.is_trial ? cpu_limit_ : 0); !spent.empty()) {
    loss.reason = Reason::kDeadline;
    loss.message = std::move(spent);
    return loss;
  }
  // The limit is on address space, of which code, stacks and what malloc sets aside take a part
  // that is never resident.
  const std::uint64_t peak = end.peak_memory;
  const bool is_near_limit = memory_limit_ > 0 && peak >= memory_limit_ / 2;
  if (is_near_limit && (end.signal != 0 || end.exit_code != 0)) {
    loss.reason = Reason::kMemory;
    loss.message = with_log(fmt::format("{} when it had {} MiB of the {} {}", end_text(end),
                                        peak >> 20, memory_limit_ >> 20, kMemoryKeySays),
                            loss.log);
  } else if (killed_for_silence_) {
    loss.message = with_log("closed its output", loss.log);
  } else if (end.signal == SIGKILL) {
    // Nobody here did it; where memory is short the system does.
    loss.reason = Reason::kLostWorker;
    loss.message =
        with_log("was killed from outside (the system does so where memory is short)", loss.log);
  } else if (end.signal != 0 || end.exit_code >= 0) {
    loss.reason = Reason::kCrash;
    loss.message = with_log(end_text(end), loss.log);
  } else {
    loss.message = "ended, nobody knows how";
  }
  return loss;
}

// ---- between questions

bool WorkerProcess::is_alive() {
  const std::lock_guard guard(lock_);
  pollfd end{child_.end_descriptor(), POLLIN, 0};
  return !has_ended_ && output_is_open_ && poll(&end, 1, 0) == 0;
}

bool WorkerProcess::is_spent() {
  if (is_out_of_memory_.load()) return true;
  return memory_limit_ > 0 && largest_.bytes() > memory_limit_ / 10 * 8;
}

void WorkerProcess::end(std::span<WorkerProcess* const> workers, std::chrono::nanoseconds longest) {
  const auto until = Clock::now() + longest;
  for (WorkerProcess* worker : workers) {
    const std::lock_guard guard(worker->lock_);
    if (worker->has_ended_) continue;
    worker->send(protocol::encode({++worker->questions_, protocol::Goodbye{}}));
    worker->child_.close_input();
  }
  // A little time for each in turn, so that none waits for another with full pipes.
  for (bool all_ended = false; !all_ended && Clock::now() < until;) {
    all_ended = true;
    for (WorkerProcess* worker : workers) all_ended = worker->wait_for_end(5ms) && all_ended;
  }
  for (WorkerProcess* worker : workers) {
    const std::lock_guard guard(worker->lock_);
    if (!worker->has_ended_) worker->child_.kill();
  }
  for (WorkerProcess* worker : workers) {
    const std::lock_guard guard(worker->lock_);
    worker->child_.wait();
    worker->has_ended_ = true;
  }
}

/// What it prints on its way must not fill the pipes.
bool WorkerProcess::wait_for_end(std::chrono::nanoseconds longest) {
  const std::lock_guard guard(lock_);
  const auto until = Clock::now() + longest;
  while (!has_ended_) {
    std::array<pollfd, 3> all{pollfd{child_.end_descriptor(), POLLIN, 0},
                              pollfd{output_is_open_ ? child_.output() : -1, POLLIN, 0},
                              pollfd{errors_are_open_ ? child_.errors() : -1, POLLIN, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) break;
    if (poll(all.data(), all.size(), static_cast<int>(left.count())) < 0) continue;
    if (all[1].revents != 0) output_is_open_ = read_from(child_.output(), false);
    while (lines_.next()) {  // of no use any more; unread, they would pile up
    }
    if (all[2].revents != 0) errors_are_open_ = read_from(child_.errors(), true);
    has_ended_ = all[0].revents != 0;
  }
  return has_ended_;
}

}  // namespace equivolve::engine
