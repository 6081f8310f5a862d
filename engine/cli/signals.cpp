#include "engine/cli/signals.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

namespace equivolve::cli {
namespace {

std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "set in a signal handler");

extern "C" void on_signal(int number) {
  int none = 0;
  // A closed terminal asks for the same as SIGTERM.
  // What was started ends with this process (engine/keeper).
  if (!first_signal.compare_exchange_strong(none, number == SIGHUP ? SIGTERM : number))
    _exit(128 + number);
}

}  // namespace

void ignore_signals_of_writes() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  sigemptyset(&action.sa_mask);
  for (int number : {SIGPIPE, SIGXFSZ}) sigaction(number, &action, nullptr);
}

void see_children_end() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(SIGCHLD, &action, nullptr);
}

void open_standard_files() {
  int file = 0;
  do file = open("/dev/null", O_RDWR);
  while (file >= 0 && file <= 2);
  if (file > 2) close(file);
}

const std::atomic<int>& watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
  return first_signal;
}

}  // namespace equivolve::cli
