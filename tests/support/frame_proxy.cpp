// frame_proxy [KEY=VALUE ...] -- PROGRAM ARGUMENTS...: stands between the engine and a worker and
// spoils what they say to each other, as a bad line or a bad worker would. It starts the worker in
// its own process group, passes lines on in both directions, and ends as the worker ended.
//
//   seed=N              which faults are drawn
//   log=FILE            a line for each start and each fault; the number of starts in it also tells
//                       the proxies of one run apart, so that a repetition meets other faults
//   drop=P cut=P repeat=P corrupt=P    the share of lines that never arrive; of which half arrives,
//                       and nothing after it; that arrive twice; that arrive with other bytes
//   delay=LOW-HIGH      milliseconds that each line is on its way; lines do not overtake each other
//   start=LOW-HIGH      milliseconds before the worker is started
//   from_start=1        faults hit greetings, data and space too, and not only what comes after
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "hashing/stream.hpp"

extern char** environ;

namespace equivolve::tests {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Range {
  std::uint64_t low = 0, high = 0;  // milliseconds
  milliseconds draw(hashing::Stream& random) const {
    return milliseconds(low + random.below(high - low + 1));
  }
};

struct Plan {
  std::uint64_t seed = 1;
  std::string log;
  double drop = 0, cut = 0, repeat = 0, corrupt = 0;
  Range delay, start;
  bool from_start = false;
  std::vector<char*> command;
};

Range range_of(const char* text) {
  Range out;
  char* end = nullptr;
  out.low = out.high = std::strtoull(text, &end, 10);
  if (*end == '-') out.high = std::strtoull(end + 1, &end, 10);
  return out;
}

std::optional<Plan> plan_of(int argc, char** argv) {
  Plan plan;
  int i = 1;
  for (; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view word = argv[i];
    const std::size_t sign = word.find('=');
    if (sign == std::string_view::npos) return std::nullopt;
    const std::string_view key = word.substr(0, sign);
    const char* value = argv[i] + sign + 1;
    if (key == "seed")
      plan.seed = std::strtoull(value, nullptr, 10);
    else if (key == "log")
      plan.log = value;
    else if (key == "delay")
      plan.delay = range_of(value);
    else if (key == "start")
      plan.start = range_of(value);
    else if (key == "from_start")
      plan.from_start = *value == '1';
    else if (key == "drop")
      plan.drop = std::atof(value);
    else if (key == "cut")
      plan.cut = std::atof(value);
    else if (key == "repeat")
      plan.repeat = std::atof(value);
    else if (key == "corrupt")
      plan.corrupt = std::atof(value);
    else
      return std::nullopt;
  }
  if (i + 1 >= argc) return std::nullopt;
  for (++i; i < argc; ++i) plan.command.push_back(argv[i]);
  plan.command.push_back(nullptr);
  return plan;
}

/// The file of faults, which all proxies of a run append to.
class Log {
 public:
  explicit Log(const std::string& file) {
    if (!file.empty())
      descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  /// Notes one more start; how many there were before.
  std::uint64_t count_start() const {
    if (descriptor_ < 0) return 0;
    flock(descriptor_, LOCK_EX);
    std::string all;
    std::array<char, 4096> piece;
    for (ssize_t n;
         (n = pread(descriptor_, piece.data(), piece.size(), static_cast<off_t>(all.size()))) > 0;)
      all.append(piece.data(), static_cast<std::size_t>(n));
    std::uint64_t count = 0;
    for (std::size_t at = 0; (at = all.find("start\n", at)) != std::string::npos; ++at) ++count;
    note("start");
    flock(descriptor_, LOCK_UN);
    return count;
  }
  void note(const std::string& what) const {
    const std::string line = what + '\n';
    if (descriptor_ >= 0 && write(descriptor_, line.data(), line.size()) < 0) std::perror("log");
  }

 private:
  int descriptor_ = -1;
};

std::string type_of(std::string_view line) {
  for (const std::string_view mark : {"\"type\":\"", "\"type\": \""})
    if (const std::size_t at = line.find(mark); at != std::string_view::npos) {
      const std::string_view rest = line.substr(at + mark.size());
      return std::string(rest.substr(0, std::min(rest.find('"'), std::size_t{20})));
    }
  return "?";
}

bool belongs_to_start(const std::string& type) {
  for (const char* one : {"hello", "hello_ok", "configure", "info", "space", "space_ok", "bind",
                          "done", "references", "references_ok", "log", "goodbye"})
    if (type == one) return true;
  return false;
}

/// Lines from one descriptor to another, spoilt on their way.
class Way {
 public:
  Way(const char* name, int from, int to, const Plan& plan, const Log& log, hashing::Stream random)
      : name_(name), from_(from), to_(to), plan_(plan), log_(log), random_(random) {
    for (const int end : {from_, to_}) fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK);
  }

  bool is_over() const { return from_ < 0 && waiting_.empty(); }
  bool was_cut() const { return is_cut_ && waiting_.empty(); }
  pollfd readable() const { return {waiting_.size() < kMostWaiting ? from_ : -1, POLLIN, 0}; }
  pollfd writable() const { return {is_due() ? to_ : -1, POLLOUT, 0}; }
  std::optional<Clock::time_point> next_due() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().due);
  }

  void read_some() {
    std::array<char, 64 * 1024> piece;
    const ssize_t count = read(from_, piece.data(), piece.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
      if (!line_.empty()) pass(std::move(line_));  // its end is missing already
      close(std::exchange(from_, -1));
      return;
    }
    line_.append(piece.data(), static_cast<std::size_t>(count));
    std::size_t end = 0;
    while (!is_cut_ && (end = line_.find('\n')) != std::string::npos) {
      take(line_.substr(0, end + 1));
      line_.erase(0, end + 1);
    }
    // More than a message may have: spoilt enough as it is.
    if (line_.size() > kLongest) pass(std::exchange(line_, {}));
    if (is_cut_) line_.clear();
  }

  void write_some() {
    while (is_due()) {
      Piece& piece = waiting_.front();
      const ssize_t count = write(to_, piece.bytes.data(), piece.bytes.size());
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (count < 0) return waiting_.clear();  // nobody reads any more
      piece.bytes.erase(0, static_cast<std::size_t>(count));
      if (piece.bytes.empty()) waiting_.pop_front();
    }
  }

  void close_output() {
    if (to_ >= 0) close(std::exchange(to_, -1));
  }

 private:
  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };
  static constexpr std::size_t kMostWaiting = 1000;
  static constexpr std::size_t kLongest = std::size_t{1} << 20;

  bool is_due() const {
    return to_ >= 0 && !waiting_.empty() && waiting_.front().due <= Clock::now();
  }

  void pass(std::string bytes) {
    Clock::time_point due = Clock::now() + plan_.delay.draw(random_);
    if (!waiting_.empty()) due = std::max(due, waiting_.back().due);
    waiting_.push_back({due, std::move(bytes)});
  }

  void take(std::string line) {
    const std::string type = type_of(line);
    if (!plan_.from_start && belongs_to_start(type)) return pass(std::move(line));
    const double drawn = random_.uniform();
    double below = 0;
    const auto falls_to = [&](double share) { return drawn < (below += share); };
    const auto note = [&](const char* fault) {
      log_.note(std::string(fault) + ' ' + name_ + ' ' + type);
    };
    if (falls_to(plan_.drop)) return note("drop");
    if (falls_to(plan_.cut)) {
      note("cut");
      is_cut_ = true;
      return pass(line.substr(0, line.size() / 2));
    }
    if (falls_to(plan_.repeat)) {
      note("repeat");
      pass(line);
    } else if (falls_to(plan_.corrupt)) {
      note("corrupt");
      for (std::uint64_t n = 1 + random_.below(4); n > 0; --n)
        line[random_.below(line.size())] = static_cast<char>(random_.below(256));
    }
    pass(std::move(line));
  }

  const char* name_;
  int from_, to_;
  const Plan& plan_;
  const Log& log_;
  hashing::Stream random_;
  std::string line_;  // read until now, without its end
  std::deque<Piece> waiting_;
  bool is_cut_ = false;
};

struct Worker {
  pid_t id = -1;
  int input = -1, output = -1;
};

/// In this process's group, so that who kills the group has killed it too.
Worker start(const Plan& plan) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  Worker worker{-1, in[1], out[0]};
  if (posix_spawnp(&worker.id, plan.command[0], &actions, nullptr, plan.command.data(), environ))
    worker.id = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  return worker;
}

/// Until both have said all they had to say, or the line is cut.
void carry(Way& there, Way& back) {
  bool input_is_closed = false;
  while (!back.is_over()) {
    // A line that is cut is cut for both, and for what the worker has started: as by a lost
    // machine.
    if (there.was_cut() || back.was_cut()) kill(0, SIGKILL);
    if (there.is_over() && !std::exchange(input_is_closed, true)) there.close_output();
    std::array<pollfd, 4> all{there.readable(), there.writable(), back.readable(), back.writable()};
    auto longest = milliseconds(1000);
    for (const Way* way : {&there, &back})
      if (const auto due = way->next_due())
        longest = std::min(longest, std::chrono::ceil<milliseconds>(*due - Clock::now()));
    const auto wait = std::max<std::int64_t>(longest.count(), 0);
    if (poll(all.data(), all.size(), static_cast<int>(wait)) < 0) continue;
    if (all[0].revents != 0) there.read_some();
    if (all[2].revents != 0) back.read_some();
    there.write_some();
    back.write_some();
  }
}

int run(const Plan& plan) {
  signal(SIGPIPE, SIG_IGN);
  const Log log(plan.log);
  const std::uint64_t number = log.count_start();
  using hashing::Purpose;
  hashing::Stream random(plan.seed, Purpose::kTest, 2 * number, 1u << 31);
  std::this_thread::sleep_for(plan.start.draw(random));
  const Worker worker = start(plan);
  if (worker.id < 0) {
    std::fprintf(stderr, "frame_proxy: cannot start %s\n", plan.command[0]);
    return 127;
  }
  Way there("to_worker", 0, worker.input, plan, log,
            hashing::Stream(plan.seed, Purpose::kTest, 2 * number));
  Way back("to_engine", worker.output, 1, plan, log,
           hashing::Stream(plan.seed, Purpose::kTest, 2 * number + 1));
  carry(there, back);
  back.close_output();
  int status = 0;
  while (waitpid(worker.id, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  return WEXITSTATUS(status);
}

}  // namespace
}  // namespace equivolve::tests

int main(int argc, char** argv) {
  const auto plan = equivolve::tests::plan_of(argc, argv);
  if (!plan) {
    std::fprintf(stderr, "frame_proxy [KEY=VALUE ...] -- PROGRAM ARGUMENTS...\n");
    return 2;
  }
  return equivolve::tests::run(*plan);
}
