#include "engine/cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace equivolve::cli {
namespace {

constexpr double kPlainEvery = 10;  // seconds between plain lines

unsigned terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/// What this session told of itself, a second; 0 as long as it only repeats what is stored.
double told_per_second(const engine::ProgressReport& report) {
  if (report.session_seconds <= 0) return 0;
  return static_cast<double>(report.live.told - report.live.replayed) / report.session_seconds;
}

/// How much of the budget is spent, in all sessions: the largest share of its parts; nothing
/// without a bound.
std::optional<double> share_done(const engine::ProgressReport& report,
                                 const engine::BudgetConfig& budget) {
  std::optional<double> done;
  auto consider = [&](double part, double whole) {
    const double share = whole > 0 ? std::min(1.0, part / whole) : 1.0;
    done = std::max(done.value_or(0), share);
  };
  if (budget.candidates)
    consider(static_cast<double>(report.live.decided), static_cast<double>(*budget.candidates));
  if (budget.evaluations)
    consider(static_cast<double>(report.live.evaluations),
             static_cast<double>(*budget.evaluations));
  if (budget.time) consider(report.seconds, std::chrono::duration<double>(*budget.time).count());
  return done;
}

/// Until the first bound is reached, at this session's rate; nothing when there is no telling.
std::optional<double> seconds_left(const engine::ProgressReport& report,
                                   const engine::BudgetConfig& budget) {
  std::optional<double> left;
  auto consider = [&](double missing, double per_second) {
    if (per_second > 0) left = std::min(left.value_or(missing / per_second), missing / per_second);
  };
  const auto told = static_cast<double>(report.live.told),
             decided = static_cast<double>(report.live.decided),
             evaluated = static_cast<double>(report.live.evaluations);
  const double rate = told_per_second(report);
  if (budget.candidates && told > 0)
    consider(static_cast<double>(*budget.candidates) - decided, rate * decided / told);
  if (budget.evaluations && told > 0)
    consider(static_cast<double>(*budget.evaluations) - evaluated, rate * evaluated / told);
  if (budget.time)
    consider(std::chrono::duration<double>(*budget.time).count() - report.seconds, 1);
  return left;
}

std::string bar(double share) {
  constexpr int kCells = 20;
  const int full = static_cast<int>(share * kCells);
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(kCells - full), '.') + "]";
}

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(seconds);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string progress_line(const engine::ProgressReport& report, const engine::BudgetConfig& budget,
                          unsigned width) {
  if (report.phase == engine::ProgressReport::Phase::kFinal)
    return fmt::format("confirming the best, {}", duration_text(report.session_seconds));
  const auto& live = report.live;
  const auto done = share_done(report, budget);
  std::string line;
  if (done) line += fmt::format("{} {:3.0f} % ", bar(*done), 100 * *done);
  line += fmt::format("{} candidates, {:.0f}/s", live.decided, told_per_second(report));
  if (live.best) line += fmt::format(", best {:.4f}", *live.best);
  if (live.told > 0)
    line += fmt::format(", {:.0f} % known",
                        100.0 * static_cast<double>(live.hits) / static_cast<double>(live.told));
  if (const auto left = seconds_left(report, budget); left && *done > 0.01 && *done < 1)
    line += fmt::format(", {} left", duration_text(*left));
  if (report.paused) line += ", paused";
  if (line.size() >= width) line.resize(width - 1);
  return line;
}

Console::Console(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0) {}

Console::~Console() {
  finish();
}

void Console::finish() {
  clear_line();
  std::fflush(stderr);
}

void Console::clear_line() {
  if (open_) std::fputs("\r\x1b[K", stderr);
  open_ = false;
}

void Console::note(const std::string& line) {
  if (quiet_) return;
  clear_line();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Console::warning(const std::string& line) {
  clear_line();
  std::fprintf(stderr, "warning: %s\n", line.c_str());
}

void Console::progress(const engine::ProgressReport& report, const engine::BudgetConfig& budget) {
  if (quiet_) return;
  if (terminal_) {
    const unsigned width = terminal_width();
    const auto labelled = static_cast<unsigned>(label_.size());
    std::fprintf(
        stderr, "\r\x1b[K%s%s", label_.c_str(),
        progress_line(report, budget, width > labelled + 20 ? width - labelled : 20).c_str());
    std::fflush(stderr);
    open_ = true;
  } else if (report.session_seconds - last_plain_ >= kPlainEvery) {
    last_plain_ = report.session_seconds;
    std::fprintf(stderr, "%s%s\n", label_.c_str(), progress_line(report, budget, 200).c_str());
  }
}

}  // namespace equivolve::cli
