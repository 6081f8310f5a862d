#include "engine/processes/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include <fmt/format.h>

#include "engine/keeper/messages.hpp"

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

/// What the keeper is told before the command: the version, and keeper::Limit in that order.
std::vector<std::string> command_of_keeper(const ChildSettings& settings) {
  std::vector<std::string> words{keeper_program().string(), keeper::kVersion};
  for (const std::uint64_t most : {settings.memory, settings.data, settings.file_size,
                                   settings.cpu_seconds, settings.open_files})
    words.push_back(std::to_string(most));
  words.insert(words.end(), settings.command.begin(), settings.command.end());
  return words;
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

  void take(const Pipe& input, const Pipe& output, const Pipe& errors, int control) {
    // The ends lie above 2, as the engine's own three are open (main.cpp sees to it).
    note(posix_spawn_file_actions_adddup2(&actions_, input.read, 0));
    note(posix_spawn_file_actions_adddup2(&actions_, output.write, 1));
    note(posix_spawn_file_actions_adddup2(&actions_, errors.write, 2));
    note(posix_spawn_file_actions_adddup2(&actions_, control, keeper::kControl));
    note(posix_spawn_file_actions_addclosefrom_np(&actions_, keeper::kControl + 1));
  }
  void run_in(const std::filesystem::path& folder) {
    if (!folder.empty()) note(posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()));
  }
  /// 0, or an error number.
  int spawn(pid_t& id, const ChildSettings& settings) const {
    if (failed_ != 0) return failed_;
    std::vector<std::string> arguments = command_of_keeper(settings);
    std::vector<std::string> environment = environment_of(settings);
    return posix_spawn(&id, arguments.front().c_str(), &actions_, &attributes_,
                       pointers_to(arguments).data(), pointers_to(environment).data());
  }

 private:
  void note(int error) { failed_ = failed_ != 0 ? failed_ : error; }

  int failed_ = 0;
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

/// The next report; nothing where the keeper itself is gone.
std::optional<keeper::Report> next_report(int control) {
  keeper::Report report{};
  ssize_t size = 0;
  // A keeper that ends with an order unread resets the connection; that is said once, and before
  // what it has sent.
  while ((size = recv(control, &report, sizeof report, 0)) < 0 &&
         (errno == EINTR || errno == ECONNRESET)) {
  }
  if (size != sizeof report) return std::nullopt;
  return report;
}

/// How it ended, as of wait(2).
int let_go(pid_t keeper) {
  int status = 0;
  while (waitpid(keeper, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string keeper_fault(int error) {
  if (error == ENOENT)
    return fmt::format("{} is missing, which belongs beside this program; install it again",
                       keeper_program().string());
  return fmt::format("{}: {}", keeper_program().string(), std::strerror(error));
}

std::string other_keeper() {
  return fmt::format("{} is not the one of this version ({}); install both together again",
                     keeper_program().string(), keeper::kVersion);
}

/// Of a keeper that is gone before it has said anything.
std::string silence_fault(pid_t keeper) {
  ::kill(keeper, SIGKILL);  // should it have closed its socket only
  return WIFEXITED(let_go(keeper)) ? other_keeper() : "equivolve-keeper ended at once";
}

}  // namespace

std::filesystem::path keeper_program() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "equivolve-keeper";
}

std::string end_text(const ChildEnd& end) {
  if (end.signal == 0) return fmt::format("exited with code {}", end.exit_code);
  return fmt::format("was ended by signal {} ({})", end.signal, strsignal(end.signal));
}

std::string cpu_time_text(const ChildEnd& end, std::uint64_t cpu_seconds) {
  constexpr int kOfAShell = 128;  // and the signal that has ended what it had started
  // SIGKILL is that limit's, too, but nobody can tell it from anybody else's.
  const bool is_spent = end.signal == SIGXCPU || end.exit_code == kOfAShell + SIGXCPU;
  if (cpu_seconds == 0 || !is_spent) return "";
  return fmt::format("took more than {} s of CPU time; allow more with the key evaluator.cpu_time",
                     cpu_seconds);
}

tl::expected<ChildProcess, std::string> ChildProcess::start(const ChildSettings& settings) {
  if (settings.command.empty() || settings.command.front().empty())
    return tl::unexpected<std::string>("there is no program to start");
  ChildProcess child;
  Pipe input, output, errors;
  int control[2] = {-1, -1};
  const bool open = input.open() && output.open() && errors.open() &&
                    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) == 0;
  child.input_ = input.write, child.output_ = output.read, child.errors_ = errors.read;
  child.control_ = control[0];
  std::string fault = open ? "" : std::strerror(errno);
  if (open) {
    SpawnPlan plan;
    plan.take(input, output, errors, control[1]);
    plan.run_in(settings.folder);
    if (const int failed = plan.spawn(child.keeper_, settings); failed != 0) {
      child.keeper_ = -1;
      fault = settings.folder.empty() || std::filesystem::is_directory(settings.folder)
                  ? keeper_fault(failed)
                  : fmt::format("{}: {}", settings.folder.string(), std::strerror(failed));
    }
  }
  for (int* end : {&input.read, &output.write, &errors.write, &control[1]}) close_quietly(*end);
  if (!fault.empty()) return tl::unexpected(std::move(fault));
  const auto started = next_report(child.control_);
  if (started && started->kind == keeper::Report::kNotStarted)
    return tl::unexpected<std::string>(
        fmt::format("{}: {}", settings.command.front(), std::strerror(started->value)));
  if (!started) return tl::unexpected(silence_fault(std::exchange(child.keeper_, -1)));
  if (started->kind != keeper::Report::kStarted) return tl::unexpected(other_keeper());
  child.id_ = started->value;
  for (int end : {child.input_, child.output_, child.errors_}) do_not_block(end);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept {
  *this = std::move(other);
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this == &other) return *this;
  release();
  keeper_ = std::exchange(other.keeper_, -1);
  id_ = std::exchange(other.id_, -1);
  control_ = std::exchange(other.control_, -1);
  input_ = std::exchange(other.input_, -1);
  output_ = std::exchange(other.output_, -1);
  errors_ = std::exchange(other.errors_, -1);
  end_ = std::exchange(other.end_, std::nullopt);
  return *this;
}

ChildProcess::~ChildProcess() {
  release();
}

void ChildProcess::release() noexcept {
  if (keeper_ > 0 && !end_) {
    kill();
    wait();
  }
  for (int* end : {&control_, &input_, &output_, &errors_}) close_quietly(*end);
}

void ChildProcess::close_input() {
  close_quietly(input_);
}

void ChildProcess::ask_to_end() {
  if (!end_) order(keeper::kTerminate);
}

void ChildProcess::kill() {
  if (!end_) order(keeper::kKill);
}

/// A keeper that somebody has stopped goes on.
void ChildProcess::order(char what) const {
  send(control_, &what, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  ::kill(keeper_, SIGCONT);
}

ChildEnd ChildProcess::wait() {
  if (end_) return *end_;
  ChildEnd end;
  const auto report = next_report(control_);
  if (report && report->kind == keeper::Report::kEnded) {
    if (WIFEXITED(report->value)) end.exit_code = WEXITSTATUS(report->value);
    if (WIFSIGNALED(report->value)) end.signal = WTERMSIG(report->value);
    end.peak_memory = report->peak_memory;
    end.cpu_seconds = static_cast<double>(report->cpu_nanoseconds) * 1e-9;
  } else if (id_ > 0) {
    ::kill(-id_, SIGKILL);  // somebody has killed the keeper, and with it the program alone
  }
  let_go(keeper_);
  end_ = end;
  return end;
}

}  // namespace equivolve::engine
