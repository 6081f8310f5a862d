#include "engine/processes/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include <fmt/format.h>

#include "engine/processes/child_groups.hpp"

// glibc 2.36 forgets to say that its function is one of C.
extern "C" {
#include <sys/pidfd.h>
}

extern char** environ;

namespace equivolve::engine {
namespace {

/// A pipe whose ends are closed in every other child.
struct Pipe {
  int read = -1, write = -1;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read = ends[0], write = ends[1];
    return true;
  }
};

void close_quietly(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

void do_not_block(int descriptor) {
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

/// `name=value` lines, one a name: the engine's own, and the settings' over them, the last of a
/// name.
std::vector<std::string> environment_of(const ChildSettings& settings) {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    const std::string_view text = *line;
    const auto is_replaced = [&](const auto& one) {
      return text.size() > one.first.size() && text.starts_with(one.first) &&
             text[one.first.size()] == '=';
    };
    if (std::ranges::none_of(settings.environment, is_replaced)) lines.emplace_back(text);
  }
  std::map<std::string, std::string> ours;
  for (const auto& [name, value] : settings.environment) ours[name] = value;
  for (const auto& [name, value] : ours) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// What posix_spawn is told of the child, freed with the object.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void take(const Pipe& input, const Pipe& output, const Pipe& errors) {
    // The ends lie above 2, as the engine's own three are open (main.cpp sees to it).
    note(posix_spawn_file_actions_adddup2(&actions_, input.read, 0));
    note(posix_spawn_file_actions_adddup2(&actions_, output.write, 1));
    note(posix_spawn_file_actions_adddup2(&actions_, errors.write, 2));
    note(posix_spawn_file_actions_addclosefrom_np(&actions_, 3));
  }
  void run_in(const std::filesystem::path& folder) {
    if (!folder.empty()) note(posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()));
  }
  /// 0, or an error number.
  int spawn(pid_t& id, const ChildSettings& settings) const {
    if (failed_ != 0) return failed_;
    std::vector<std::string> arguments = settings.command;
    std::vector<std::string> environment = environment_of(settings);
    return posix_spawnp(&id, arguments.front().c_str(), &actions_, &attributes_,
                        pointers_to(arguments).data(), pointers_to(environment).data());
  }

 private:
  void note(int error) { failed_ = failed_ != 0 ? failed_ : error; }

  int failed_ = 0;
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

/// Until it runs the new program a child shares this process's memory, and what this process had
/// resident at most stays in the child's own account.
std::uint64_t own_peak() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

void limit(pid_t id, int resource, std::uint64_t bytes) {
  const rlimit both{bytes, bytes};
  prlimit(id, static_cast<__rlimit_resource>(resource), &both, nullptr);
}

/// Before it can have done much: posix_spawn cannot set limits.
void limit(pid_t id, const ChildSettings& settings) {
  if (settings.memory > 0) limit(id, RLIMIT_AS, settings.memory);
  if (settings.file_size > 0) limit(id, RLIMIT_FSIZE, settings.file_size);
  limit(id, RLIMIT_CORE, 0);
}

}  // namespace

std::string end_text(const ChildEnd& end) {
  if (end.signal == 0) return fmt::format("exited with code {}", end.exit_code);
  return fmt::format("was ended by signal {} ({})", end.signal, strsignal(end.signal));
}

tl::expected<ChildProcess, std::string> ChildProcess::start(const ChildSettings& settings) {
  if (settings.command.empty() || settings.command.front().empty())
    return tl::unexpected<std::string>("there is no program to start");
  ChildProcess child;
  Pipe input, output, errors;
  const bool open = input.open() && output.open() && errors.open();
  child.input_ = input.write, child.output_ = output.read, child.errors_ = errors.read;
  int failed = open ? 0 : errno;
  if (open) {
    SpawnPlan plan;
    plan.take(input, output, errors);
    plan.run_in(settings.folder);
    failed = plan.spawn(child.id_, settings);
  }
  for (int* end : {&input.read, &output.write, &errors.write}) close_quietly(*end);
  if (failed != 0) {
    child.id_ = -1;
    return tl::unexpected<std::string>(
        fmt::format("{}: {}", settings.command.front(), std::strerror(failed)));
  }
  child.starters_peak_ = own_peak();
  remember_group(child.id_);
  limit(child.id_, settings);
  child.pidfd_ = pidfd_open(child.id_, 0);
  if (child.pidfd_ < 0)
    return tl::unexpected<std::string>(fmt::format("pidfd_open: {}", std::strerror(errno)));
  for (int end : {child.input_, child.output_, child.errors_}) do_not_block(end);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept {
  *this = std::move(other);
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this == &other) return *this;
  release();
  id_ = std::exchange(other.id_, -1);
  pidfd_ = std::exchange(other.pidfd_, -1);
  input_ = std::exchange(other.input_, -1);
  output_ = std::exchange(other.output_, -1);
  errors_ = std::exchange(other.errors_, -1);
  starters_peak_ = other.starters_peak_;
  end_ = std::exchange(other.end_, std::nullopt);
  return *this;
}

ChildProcess::~ChildProcess() {
  release();
}

void ChildProcess::release() noexcept {
  if (id_ > 0 && !end_) {
    kill();
    wait();
  }
  for (int* end : {&pidfd_, &input_, &output_, &errors_}) close_quietly(*end);
}

void ChildProcess::close_input() {
  close_quietly(input_);
}

// Also to itself, as it may have left its group.
void ChildProcess::ask_to_end() {
  if (id_ > 0 && !end_) ::kill(id_, SIGTERM), ::kill(-id_, SIGTERM);
}

void ChildProcess::kill() {
  if (id_ > 0 && !end_) ::kill(id_, SIGKILL), ::kill(-id_, SIGKILL);
}

ChildEnd ChildProcess::wait() {
  if (end_) return *end_;
  // As long as it is not waited for, its number is the group's and no one else's.
  siginfo_t info{};
  int failed = 0;
  while ((failed = waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOWAIT)) != 0 &&
         errno == EINTR) {
  }
  forget_group(id_);
  ChildEnd end;
  end_ = end;
  // Somebody else has waited for it: how it ended is not known, and its number may be another's.
  if (failed != 0) return end;
  ::kill(-id_, SIGKILL);
  int status = 0;
  rusage usage{};
  while (wait4(id_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  const auto peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  if (peak > starters_peak_) end.peak_memory = peak;
  end_ = end;
  return end;
}

}  // namespace equivolve::engine
