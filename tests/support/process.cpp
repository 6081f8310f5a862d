#include "tests/support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

extern char** environ;

namespace equivolve::tests {
namespace {

std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::filesystem::path fresh_file() {
  std::string name = (std::filesystem::temp_directory_path() / "equivolve-out-XXXXXX").string();
  const int descriptor = mkstemp(name.data());
  if (descriptor < 0) throw std::runtime_error("mkstemp");
  close(descriptor);
  return name;
}

std::vector<std::string> environment(const Environment& extra) {
  std::vector<std::string> all;
  for (char** e = environ; *e; ++e) {
    const std::string entry = *e;
    if (!extra.contains(entry.substr(0, entry.find('=')))) all.push_back(entry);
  }
  for (const auto& [name, value] : extra) all.push_back(name + "=" + value);
  return all;
}

pid_t spawn(const std::vector<std::string>& arguments, const Environment& extra,
            const std::filesystem::path& out, const std::filesystem::path& err, int events,
            const std::filesystem::path& folder) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_TRUNC, 0600);
  if (events >= 0) posix_spawn_file_actions_adddup2(&actions, events, 3);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  std::vector<std::string> variables = environment(extra);
  std::vector<char*> argv, envp;
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  for (const std::string& v : variables) envp.push_back(const_cast<char*>(v.c_str()));
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + arguments.at(0));
  return pid;
}

Finished finish(pid_t pid, const std::filesystem::path& out, const std::filesystem::path& err) {
  int status = 0;
  waitpid(pid, &status, 0);
  Finished done;
  done.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  done.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + done.signal;
  done.out = slurp(out);
  done.err = slurp(err);
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  return done;
}

}  // namespace

std::string Finished::last_line() const {
  std::string text = out;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

Finished run_process(const std::vector<std::string>& arguments, const Environment& extra,
                     const std::filesystem::path& folder) {
  const auto out = fresh_file(), err = fresh_file();
  return finish(spawn(arguments, extra, out, err, -1, folder), out, err);
}

Child::Child(const std::vector<std::string>& arguments, const Environment& extra)
    : out_(fresh_file()), err_(fresh_file()) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  pid_ = spawn(arguments, extra, out_, err_, ends[1], {});
  close(ends[1]);
  events_ = ends[0];
}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    wait();
  }
}

std::optional<std::string> Child::next_event() {
  for (;;) {
    if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    char chunk[4096];
    const ssize_t n = read(events_, chunk, sizeof chunk);
    if (n <= 0) return std::nullopt;
    buffer_.append(chunk, static_cast<std::size_t>(n));
  }
}

std::string Child::errors_so_far() const {
  return slurp(err_);
}

void Child::signal(int number) {
  kill(pid_, number);
  siginfo_t stopped;
  if (number == SIGSTOP) waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED);
}

Finished Child::wait() {
  const Finished done = finish(pid_, out_, err_);
  pid_ = -1;
  close(events_);
  events_ = -1;
  return done;
}

}  // namespace equivolve::tests
