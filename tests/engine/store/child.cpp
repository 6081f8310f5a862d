#include "tests/engine/store/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

extern char** environ;

namespace equivolve::tests {

HelperProcess::HelperProcess(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& environment) {
  std::array<int, 2> to_child{}, from_child{};
  if (pipe2(to_child.data(), O_CLOEXEC) != 0 || pipe2(from_child.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe2");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], 1);
  std::vector<char*> argv, envp;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  for (const std::string& entry : environment) envp.push_back(const_cast<char*>(entry.c_str()));
  for (char** entry = environ; *entry != nullptr; ++entry) envp.push_back(*entry);
  envp.push_back(nullptr);
  const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(to_child[0]);
  close(from_child[1]);
  input_ = to_child[1];
  output_ = from_child[0];
  if (error != 0) throw std::runtime_error("cannot start " + arguments[0]);
}

HelperProcess::~HelperProcess() {
  if (!reaped_) {
    kill_now();
    wait();
  }
  close_input();
  close(output_);
}

std::string HelperProcess::read_line() {
  for (;;) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    std::array<char, 65536> block;
    const ssize_t size = read(output_, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return "";  // a line cut off by death was not said
    buffer_.append(block.data(), static_cast<std::size_t>(size));
  }
}

std::vector<std::string> HelperProcess::read_lines() {
  std::vector<std::string> lines;
  for (std::string line = read_line(); !line.empty(); line = read_line()) lines.push_back(line);
  return lines;
}

void HelperProcess::close_input() {
  if (input_ >= 0) close(input_);
  input_ = -1;
}

void HelperProcess::kill_now() {
  kill(pid_, SIGKILL);
}

int HelperProcess::wait() {
  if (!reaped_) {
    while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
  }
  return WIFSIGNALED(status_) ? -WTERMSIG(status_) : WEXITSTATUS(status_);
}

}  // namespace equivolve::tests
