// equivolve-keeper VERSION LIMITS... PROGRAM ARGUMENTS...: stands between the engine and one
// program that it has started. Nothing of the program, and of all that descends from it, outlives
// the keeper; the keeper does not outlive the engine.
//
// It is a process of its own as three things cannot be had from the engine's: what the system calls
// a child's peak of memory begins with its starter's (large is the engine, small the keeper),
// limits are set before the program runs, and orphans are inherited (PR_SET_CHILD_SUBREAPER) by
// somebody who ends them. It is kept small: C library alone, linked statically where that goes.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/keeper/messages.hpp"

extern char** environ;

namespace {

using namespace equivolve::keeper;

/// What ends the engine's terminal or a user's job ends no keeper: it ends when the engine does.
constexpr int kIgnored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2};

void report(Report::Kind kind, int value, unsigned long long peak = 0, unsigned long long cpu = 0) {
  const Report one{kind, value, peak, cpu};
  send(kControl, &one, sizeof one, MSG_NOSIGNAL);
}

// ---- in the child, until it is the program

void limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
  rlimit now{};
  getrlimit(resource, &now);
  if (soft > now.rlim_max) soft = now.rlim_max;
  if (hard > now.rlim_max) hard = now.rlim_max;
  const rlimit both{soft, hard};
  setrlimit(resource, &both);
}

void set_limits(char** texts) {
  rlim_t most[kLimits];
  for (int i = 0; i < kLimits; ++i) most[i] = strtoull(texts[i], nullptr, 10);
  constexpr rlim_t kToTidyUp = 5;
  if (most[kFileSize] > 0) limit(RLIMIT_FSIZE, most[kFileSize], most[kFileSize]);
  if (most[kCpuTime] > 0) limit(RLIMIT_CPU, most[kCpuTime], most[kCpuTime] + kToTidyUp);
  if (most[kOpenFiles] > 0) limit(RLIMIT_NOFILE, most[kOpenFiles], most[kOpenFiles]);
  limit(RLIMIT_CORE, 0, 0);
  if (most[kData] > 0) limit(RLIMIT_DATA, most[kData], most[kData]);
  if (most[kAddressSpace] > 0) limit(RLIMIT_AS, most[kAddressSpace], most[kAddressSpace]);
}

/// Where the machine's memory runs short, this one goes before the engine.
void be_the_first_victim() {
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t written = write(file, "500", 3);
  close(file);
}

/// As a shell finds it. Returns an error number, or not at all.
int become(char** command) {
  const char* const name = command[0];
  if (strchr(name, '/') != nullptr) {
    execve(name, command, environ);
    return errno;
  }
  const char* folders = getenv("PATH");
  if (folders == nullptr) folders = "/usr/local/bin:/usr/bin:/bin";
  int error = ENOENT;
  char path[4096];
  for (const char* begin = folders; begin != nullptr;) {
    const char* const end = strchrnul(begin, ':');
    const int length = static_cast<int>(end - begin);
    const int needed =
        snprintf(path, sizeof path, "%.*s%s%s", length, begin, length > 0 ? "/" : "", name);
    if (needed < static_cast<int>(sizeof path)) {
      execve(path, command, environ);
      if (errno != ENOENT && errno != ENOTDIR) error = errno;
    }
    begin = *end == ':' ? end + 1 : nullptr;
  }
  return error;
}

int run_program(char** arguments) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // should the keeper be killed
  be_the_first_victim();
  for (const int number : kIgnored) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  set_limits(arguments);
  return become(arguments + kLimits);
}

// ---- in the keeper

/// SIGKILL to all children: the program's orphans. False: nobody says which they are.
bool kill_children() {
  FILE* const list = fopen("/proc/thread-self/children", "re");
  if (list == nullptr) return false;
  for (int id = 0; fscanf(list, "%d", &id) == 1;) kill(id, SIGKILL);
  fclose(list);
  return true;
}

time_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

unsigned long long nanoseconds(const timeval& time) {
  return static_cast<unsigned long long>(time.tv_sec) * 1'000'000'000ull +
         static_cast<unsigned long long>(time.tv_usec) * 1000ull;
}

/// Of the program, which may have ended, and of all that it has started, wherever that has fled to:
/// who loses its parent becomes a child of this process.
[[noreturn]] void end_all(pid_t program, int ends) {
  // As long as it is not waited for, its number is the group's and no one else's.
  kill(-program, SIGKILL);
  kill(program, SIGKILL);
  int status = SIGKILL;  // of a program whose end is not seen
  bool is_gone = false;
  // One that hangs in the system itself cannot be ended by anybody.
  const time_t began = now();
  constexpr time_t kMostSeconds = 10;
  int how = 0;
  pid_t other = 0;
  while ((other = waitpid(-1, &how, WNOHANG)) >= 0 || errno == EINTR) {
    if (other == program) is_gone = true, status = how;
    if (other != 0) continue;
    if ((!kill_children() && is_gone) || now() - began > kMostSeconds) break;
    pollfd end{ends, POLLIN, 0};
    poll(&end, 1, 10);
    signalfd_siginfo which;
    [[maybe_unused]] const ssize_t size = read(ends, &which, sizeof which);
  }
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  report(Report::kEnded, status, static_cast<unsigned long long>(usage.ru_maxrss) * 1024,
         nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime));
  _exit(0);
}

/// Orphans that have ended are let go. True: the program has ended, and is still there to be waited
/// for.
bool has_ended(pid_t program) {
  while (true) {
    siginfo_t info{};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return false;
    if (info.si_pid == program) return true;
    waitpid(info.si_pid, nullptr, WNOHANG);
  }
}

[[noreturn]] void look_after(pid_t program, int ends) {
  while (true) {
    pollfd both[] = {{kControl, POLLIN, 0}, {ends, POLLIN, 0}};
    if (poll(both, 2, -1) < 0) continue;
    if (both[1].revents != 0) {
      signalfd_siginfo which;
      [[maybe_unused]] const ssize_t size = read(ends, &which, sizeof which);
      if (has_ended(program)) end_all(program, ends);
    }
    if (both[0].revents == 0) continue;
    char order = kKill;
    const ssize_t size = recv(kControl, &order, 1, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size != 1 || order == kKill) end_all(program, ends);
    kill(-program, SIGTERM);
    if (getpgid(program) != program) kill(program, SIGTERM);  // it has left its group
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 + kLimits || strcmp(argv[1], kVersion) != 0 ||
      fcntl(kControl, F_SETFD, FD_CLOEXEC) != 0) {
    fprintf(stderr, "equivolve-keeper: started by equivolve %s for programs that it starts\n",
            kVersion);
    return 2;
  }
  for (const int number : kIgnored) signal(number, SIG_IGN);
  sigset_t ends_only;
  sigemptyset(&ends_only);
  sigaddset(&ends_only, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ends_only, nullptr);
  const int ends = signalfd(-1, &ends_only, SFD_CLOEXEC | SFD_NONBLOCK);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // The child borrows this memory until it has become the program, so it can say what went wrong.
  static volatile int error = 0;
  const pid_t program = vfork();
  if (program == 0) {
    error = run_program(argv + 2);
    _exit(127);
  }
  if (program < 0 || error != 0) {
    report(Report::kNotStarted, program < 0 ? errno : error);
    return 1;
  }
  for (int descriptor = 0; descriptor < 3; ++descriptor)
    close(descriptor);  // the program alone has them
  report(Report::kStarted, program);
  look_after(program, ends);
}
