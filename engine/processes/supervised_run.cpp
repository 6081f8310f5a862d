#include "engine/processes/supervised_run.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "engine/processes/line_reader.hpp"
#include "engine/processes/log_tail.hpp"

namespace equivolve::engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{20};

class SupervisedRun {
 public:
  SupervisedRun(ChildProcess child, const Supervision& supervision, const std::atomic<bool>& stop)
      : child_(std::move(child)),
        supervision_(supervision),
        stop_(stop),
        lines_(supervision.longest_line) {}

  SupervisedEnd go() {
    while (!has_ended_) {
      wait_for_something();
      if (!has_ended_) end_what_is_due();
    }
    read_what_is_left();
    out_.end = child_.wait();
    out_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    out_.log = log_.text();
    out_.log_dropped = log_.dropped();
    out_.overlong_lines = lines_.overlong();
    return std::move(out_);
  }

 private:
  void wait_for_something() {
    std::array<pollfd, 3> all{pollfd{child_.end_descriptor(), POLLIN, 0},
                              pollfd{output_is_open_ ? child_.output() : -1, POLLIN, 0},
                              pollfd{errors_are_open_ ? child_.errors() : -1, POLLIN, 0}};
    if (poll(all.data(), all.size(), static_cast<int>(kLook.count())) < 0) return;
    if (all[1].revents != 0) output_is_open_ = read_output();
    if (all[2].revents != 0) errors_are_open_ = read_errors();
    has_ended_ = all[0].revents != 0;
  }

  void end_what_is_due() {
    const auto now = Clock::now();
    if (out_.by == EndedBy::kItself) {
      const bool is_late =
          supervision_.deadline.count() > 0 && now - started_ >= supervision_.deadline;
      if (stop_.load(std::memory_order_relaxed))
        end(EndedBy::kStop);
      else if (is_late)
        end(EndedBy::kDeadline);
    } else if (now - asked_ >= supervision_.patience) {
      child_.kill();
    }
  }

  void end(EndedBy by) {
    out_.by = by;
    asked_ = Clock::now();
    child_.ask_to_end();
  }

  /// As much as is there, up to a bound: the deadline has to be looked at too. False at its end.
  template <class Take>
  bool read_from(int descriptor, Take take) {
    for (int i = 0; i < 16; ++i) {
      const ssize_t count = ::read(descriptor, piece_.data(), piece_.size());
      if (count == 0) return false;
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      take(std::string_view(piece_.data(), static_cast<std::size_t>(count)));
    }
    return true;
  }

  bool read_output() {
    return read_from(child_.output(), [this](std::string_view bytes) {
      lines_.add(bytes);
      while (const auto line = lines_.next()) hand_out(*line);
    });
  }
  bool read_errors() {
    return read_from(child_.errors(), [this](std::string_view bytes) { log_.add(bytes); });
  }

  void hand_out(std::string_view line) {
    if (!supervision_.on_line || out_.by != EndedBy::kItself) return;
    if (!supervision_.on_line(line) && !has_ended_) end(EndedBy::kReader);
  }

  /// What the child has printed itself is in the pipes; a bound is kept as others may print on.
  void read_what_is_left() {
    constexpr int kPipes = 64;  // of 1 MiB in 16 pieces: more than a pipe holds
    for (int i = 0; i < kPipes && output_is_open_ && is_ready(child_.output()); ++i)
      output_is_open_ = read_output();
    for (int i = 0; i < kPipes && errors_are_open_ && is_ready(child_.errors()); ++i)
      errors_are_open_ = read_errors();
    if (const auto rest = lines_.rest()) hand_out(*rest);
  }

  static bool is_ready(int descriptor) {
    pollfd one{descriptor, POLLIN, 0};
    return poll(&one, 1, 0) > 0;
  }

  ChildProcess child_;
  const Supervision& supervision_;
  const std::atomic<bool>& stop_;
  LineReader lines_;
  LogTail log_;
  SupervisedEnd out_;
  std::array<char, 64 * 1024> piece_;
  bool has_ended_ = false, output_is_open_ = true, errors_are_open_ = true;
  const Clock::time_point started_ = Clock::now();
  Clock::time_point asked_;
};

}  // namespace

tl::expected<SupervisedEnd, std::string> run_supervised(const ChildSettings& settings,
                                                        const Supervision& supervision,
                                                        const std::atomic<bool>& stop) {
  auto child = ChildProcess::start(settings);
  if (!child) return tl::unexpected<std::string>(std::move(child.error()));
  child->close_input();
  return SupervisedRun(std::move(*child), supervision, stop).go();
}

}  // namespace equivolve::engine
