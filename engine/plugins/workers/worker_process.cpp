#include "engine/plugins/workers/worker_process.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookForStop = 20ms;
constexpr auto kLookForDeadline = 1s;
/// A worker that has closed its output is as good as gone.
constexpr auto kAfterOutput = 1s;

/// The engine does so for itself; a write to a worker that is gone is no end of anybody else
/// either.
void survive_broken_pipes() {
  struct sigaction now {};
  if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

std::string last_line_of_log(const std::string& log) {
  std::string_view text = log;
  text = text.substr(0, text.find_last_not_of("\r\n \t") + 1);
  return one_line(text.substr(text.find_last_of("\r\n") + 1), 300);
}

std::string with_log(std::string message, const std::string& log) {
  const std::string last = last_line_of_log(log);
  return one_line(last.empty() ? message : message + ": " + last);
}

bool is_part(const protocol::Body& body) {
  return std::holds_alternative<protocol::Progress>(body) ||
         std::holds_alternative<protocol::ArtefactPart>(body) ||
         std::holds_alternative<protocol::Log>(body);
}

}  // namespace

tl::expected<WorkerProcess, std::string> WorkerProcess::start(const ChildSettings& settings,
                                                              const Grace& grace) {
  survive_broken_pipes();
  auto child = ChildProcess::start(settings);
  if (!child) return tl::unexpected<std::string>(std::move(child.error()));
  return WorkerProcess(std::move(*child), settings.memory, grace);
}

WorkerProcess::WorkerProcess(ChildProcess child, std::uint64_t memory_limit, const Grace& grace)
    : child_(std::move(child)), memory_limit_(memory_limit), grace_(grace) {}

tl::expected<protocol::Body, WorkerLoss> WorkerProcess::ask(protocol::Body question,
                                                            const Patience& patience,
                                                            const OnPart& on_part) {
  Exchange exchange;
  exchange.id = ++questions_;
  exchange.began = Clock::now();
  send(exchange.id, std::move(question));
  while (true) {
    wait_for_something(exchange, patience);
    if (Answer answer = take_lines(exchange, on_part)) return std::move(*answer);
    if (has_ended_) return tl::unexpected(loss_by_end(exchange, patience));
    end_what_is_due(exchange, patience);
  }
}

void WorkerProcess::send(std::uint64_t id, protocol::Body body) {
  unsent_.erase(0, std::exchange(sent_, 0));
  unsent_ += protocol::encode({id, std::move(body)});
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
  sent_ = 0;
}

void WorkerProcess::wait_for_something(const Exchange& exchange, const Patience& patience) {
  std::array<pollfd, 4> all{pollfd{child_.end_descriptor(), POLLIN, 0},
                            pollfd{output_is_open_ ? child_.output() : -1, POLLIN, 0},
                            pollfd{errors_are_open_ ? child_.errors() : -1, POLLIN, 0},
                            pollfd{unsent_.empty() ? -1 : child_.input(), POLLOUT, 0}};
  auto longest = std::chrono::nanoseconds(kLookForDeadline);
  if (patience.deadline.count() > 0)
    longest = std::min(longest, exchange.began + patience.deadline - Clock::now());
  // A cancelled one is looked after closely.
  if (patience.stop || exchange.asked != Asked::kNothing || !output_is_open_)
    longest = std::min<std::chrono::nanoseconds>(longest, kLookForStop);
  longest = std::max<std::chrono::nanoseconds>(longest, 0ns);
  const timespec wait{longest.count() / 1'000'000'000, longest.count() % 1'000'000'000};
  if (ppoll(all.data(), all.size(), &wait, nullptr) <= 0) return;
  if (all[3].revents != 0) write_what_goes();
  if (all[2].revents != 0) errors_are_open_ = read_from(child_.errors(), true);
  if (all[1].revents != 0) output_is_open_ = read_from(child_.output(), false);
  if (!output_is_open_ && output_closed_ == Clock::time_point()) output_closed_ = Clock::now();
  if (all[0].revents == 0) return;
  has_ended_ = true;
  // What it wrote itself is in the pipes; what it has started may write on.
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
      log_.add(bytes);
    else
      lines_.add(bytes);
    if (bytes.size() < piece.size()) return true;
  }
  return true;
}

WorkerProcess::Answer WorkerProcess::take_lines(const Exchange& exchange, const OnPart& on_part) {
  const auto wrong = [this](std::string message) {
    return Answer(tl::unexpected(lose(Reason::kProtocol, std::move(message))));
  };
  while (const auto line = lines_.next()) {
    auto message = protocol::decode(*line);
    if (!message) return wrong("wrote what is no message: " + message.error().message);
    const bool is_log = std::holds_alternative<protocol::Log>(message->body);
    if (message->id != exchange.id && !is_log)
      return wrong(
          fmt::format("answered question {} where question {} was open", message->id, exchange.id));
    if (!is_part(message->body)) return Answer(std::move(message->body));
    auto reply = on_part ? on_part(std::move(message->body)) : std::nullopt;
    if (reply) send(exchange.id, std::move(*reply));
  }
  if (lines_.overlong() > 0) return wrong("wrote a line of more than 16 MiB");
  return std::nullopt;
}

void WorkerProcess::end_what_is_due(Exchange& exchange, const Patience& patience) {
  const auto now = Clock::now();
  if (!output_is_open_ && now - output_closed_ >= kAfterOutput) {
    killed_for_silence_ = true;
    child_.kill();
  }
  if (exchange.asked == Asked::kNothing) {
    const bool is_late = patience.deadline.count() > 0 && now - exchange.began >= patience.deadline;
    exchange.by_stop = patience.stop && patience.stop->load(std::memory_order_relaxed);
    if (!is_late && !exchange.by_stop) return;
    exchange.asked = Asked::kCancel;
    exchange.asked_at = now;
    send(exchange.id, protocol::Cancel{});
  } else if (exchange.asked == Asked::kCancel &&
             now - exchange.asked_at >= grace_.until_terminated) {
    exchange.asked = Asked::kTerminate;
    child_.ask_to_end();
  } else if (exchange.asked == Asked::kTerminate &&
             now - exchange.asked_at >= grace_.until_killed) {
    exchange.asked = Asked::kKill;
    child_.kill();
  }
}

/// Of a worker that is not believed any more.
WorkerLoss WorkerProcess::lose(Reason reason, std::string message) {
  if (errors_are_open_) read_from(child_.errors(), true);
  child_.kill();
  child_.wait();
  has_ended_ = true;
  return {reason, false, one_line(message), log_.text()};
}

WorkerLoss WorkerProcess::loss_by_end(const Exchange& exchange, const Patience& patience) {
  const ChildEnd end = child_.wait();
  WorkerLoss loss;
  loss.log = log_.text();
  if (exchange.asked != Asked::kNothing) {
    loss.was_stopped = exchange.by_stop;
    loss.reason = Reason::kDeadline;
    loss.message = exchange.by_stop ? "the run was stopped"
                                    : fmt::format(
                                          "took longer than {:g} s; allow more with the key "
                                          "evaluator.deadline",
                                          std::chrono::duration<double>(patience.deadline).count());
    return loss;
  }
  // The limit is on address space, of which code, stacks and what malloc sets aside take a part
  // that is never resident.
  const bool is_near_limit = memory_limit_ > 0 && end.peak_memory >= memory_limit_ / 2;
  if (is_near_limit && (end.signal != 0 || end.exit_code != 0)) {
    loss.reason = Reason::kMemory;
    loss.message =
        with_log(fmt::format("{} when it had {} MiB of the {} MiB that evaluator.memory allows",
                             end_text(end), end.peak_memory >> 20, memory_limit_ >> 20),
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

bool WorkerProcess::is_alive() const {
  pollfd end{child_.end_descriptor(), POLLIN, 0};
  return !has_ended_ && output_is_open_ && poll(&end, 1, 0) == 0;
}

std::uint64_t WorkerProcess::memory_in_use() const {
  const std::string name = fmt::format("/proc/{}/statm", child_.id());
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "re"),
                                                             &std::fclose);
  unsigned long long pages = 0;
  if (!file || std::fscanf(file.get(), "%llu", &pages) != 1) return 0;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void WorkerProcess::say_goodbye() {
  if (has_ended_) return;
  send(++questions_, protocol::Goodbye{});
  child_.close_input();
}

void WorkerProcess::wait_for_end(std::chrono::nanoseconds longest) {
  const auto until = Clock::now() + longest;
  while (!has_ended_) {
    // What it prints must not fill the pipes.
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
  if (!has_ended_) child_.kill();
  child_.wait();
  has_ended_ = true;
}

}  // namespace equivolve::engine
