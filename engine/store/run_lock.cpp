#include "engine/store/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

namespace equivolve::engine::store {
namespace {

constexpr std::size_t kTextSize =
    256;  // one block of fixed size, so that one write replaces all of it

// In the place of a process that let the lock go: it may live on, and must not be taken for the
// holder in the moment before the next one has written its name.
constexpr pid_t kNobody = 0;

std::filesystem::path side_file(const std::filesystem::path& store, RunId run) {
  return side_file_of(store, run, "lock");
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

std::string holder_text(pid_t pid, std::uint64_t commits) {
  std::string text =
      fmt::format("host {:.200}\npid {}\ncommits {:020}\n", host_name(), pid, commits);
  text.resize(kTextSize - 1, ' ');
  return text + '\n';
}

std::optional<LockHolder> read_holder(int descriptor) {
  std::array<char, kTextSize + 1> text{};
  const ssize_t size = pread(descriptor, text.data(), kTextSize, 0);
  if (size <= 0) return std::nullopt;
  LockHolder holder;
  std::array<char, 201> host{};
  unsigned long long commits = 0;
  if (std::sscanf(text.data(), "host %200s pid %ld commits %llu", host.data(), &holder.pid,
                  &commits) != 3) {
    return std::nullopt;
  }
  holder.host = host.data();
  holder.commits = commits;
  return holder;
}

// An open-file-description lock: not shared with children, and dropped by the kernel with the last
// descriptor.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool locked_by_other(int descriptor) {
  struct flock lock = whole_file(F_RDLCK);
  return fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

// The holder locks first and writes its name after; in between the file is empty or names an
// earlier, dead holder. That moment can be long: a write into the file waits for the file system's
// journal, which other programs' syncs keep busy. Nothing when the lock was let go meanwhile, or
// when no name came.
constexpr auto kPatience = std::chrono::seconds(10);

bool is_alive(const LockHolder& holder) {
  if (holder.pid == kNobody) return false;
  return holder.host != host_name() || kill(static_cast<pid_t>(holder.pid), 0) == 0 ||
         errno == EPERM;
}

std::optional<LockHolder> wait_for_name(int descriptor) {
  const auto begin = std::chrono::steady_clock::now();
  while (locked_by_other(descriptor) && std::chrono::steady_clock::now() - begin < kPatience) {
    const auto holder = read_holder(descriptor);
    if (holder && is_alive(*holder)) return holder;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return std::nullopt;
}

StoreError cannot_lock(const std::filesystem::path& file, const char* call) {
  return {
      fmt::format("{}: cannot lock the run: {}: {}", file.string(), call, std::strerror(errno))};
}

StoreError held_by_other(const std::filesystem::path& store, RunId run,
                         const std::optional<LockHolder>& holder) {
  const std::string who =
      holder ? fmt::format("host {}, pid {}", holder->host, holder->pid) : "another process";
  return {fmt::format("{}: run {} is in use by {}; stop that one first", store.string(), run, who)};
}

// Whether `path` is still the file that `descriptor` has open; a finished run removes its side
// file.
bool same_file(int descriptor, const std::filesystem::path& path) {
  struct stat open_file {};
  struct stat named {};
  return fstat(descriptor, &open_file) == 0 && stat(path.c_str(), &named) == 0 &&
         open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

}  // namespace

std::filesystem::path side_file_of(const std::filesystem::path& store, RunId run,
                                   std::string_view kind) {
  // Two names of one file (a symbolic link) must lead to one lock.
  std::error_code error;
  auto real = std::filesystem::canonical(store, error);
  if (error) real = store;
  real += fmt::format(".run-{}.{}", run, kind);
  return real;
}

bool is_this_process(const LockHolder& holder) {
  return holder.pid == getpid() && holder.host == host_name();
}

tl::expected<RunLock, StoreError> RunLock::take(const std::filesystem::path& store, RunId run) {
  RunLock lock;
  lock.file_ = side_file(store, run);
  for (;;) {
    lock.descriptor_ = open(lock.file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock.descriptor_ < 0) return tl::unexpected(cannot_lock(lock.file_, "open"));
    struct flock wish = whole_file(F_WRLCK);
    if (fcntl(lock.descriptor_, F_OFD_SETLK, &wish) != 0) {
      if (errno != EAGAIN && errno != EACCES)
        return tl::unexpected(cannot_lock(lock.file_, "fcntl"));
      const auto holder = wait_for_name(lock.descriptor_);
      if (holder || locked_by_other(lock.descriptor_))
        return tl::unexpected(held_by_other(store, run, holder));
    } else if (same_file(lock.descriptor_, lock.file_)) {
      break;
    }
    lock.release(false);  // let go, or removed, between two calls of ours: from the start
  }
  if (const auto before = read_holder(lock.descriptor_)) lock.commits_found_ = before->commits;
  lock.note_commits(lock.commits_found_);
  lock.named_ = true;
  return lock;
}

RunLock::~RunLock() {
  release(false);
}

RunLock::RunLock(RunLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      file_(std::move(other.file_)),
      named_(std::exchange(other.named_, false)),
      commits_found_(other.commits_found_) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  if (this == &other) return *this;
  release(false);
  descriptor_ = std::exchange(other.descriptor_, -1);
  file_ = std::move(other.file_);
  named_ = std::exchange(other.named_, false);
  commits_found_ = other.commits_found_;
  return *this;
}

void RunLock::note_commits(std::uint64_t commits) const {
  const std::string text = holder_text(getpid(), commits);
  // A side file that cannot be written only loses the check for a lost -wal; the lock itself holds.
  (void)!pwrite(descriptor_, text.data(), text.size(), 0);
}

void RunLock::release(bool remove_files) {
  if (descriptor_ < 0) return;
  if (remove_files) {
    unlink(std::filesystem::path(file_).replace_extension(kCrashes).c_str());
    unlink(file_.c_str());
  } else if (const auto noted = named_ ? read_holder(descriptor_) : std::nullopt) {
    const std::string text = holder_text(kNobody, noted->commits);
    (void)!pwrite(descriptor_, text.data(), text.size(), 0);
  }
  named_ = false;
  close(descriptor_);
  descriptor_ = -1;
}

std::optional<LockHolder> read_side_file(const std::filesystem::path& store, RunId run) {
  const int descriptor = open(side_file(store, run).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  auto holder = read_holder(descriptor);
  close(descriptor);
  return holder;
}

bool is_held(const std::filesystem::path& store, RunId run) {
  const int descriptor = open(side_file(store, run).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  const bool held = locked_by_other(descriptor);
  close(descriptor);
  return held;
}

std::vector<std::pair<RunId, LockHolder>> live_runs(const std::filesystem::path& store) {
  std::vector<std::pair<RunId, LockHolder>> live;
  const auto sample = side_file(store, 0);
  const std::string name = sample.filename().string();
  const std::string prefix = name.substr(0, name.size() - std::strlen("0.lock"));
  std::error_code error;
  const auto folder = sample.has_parent_path() ? sample.parent_path() : ".";
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string found = entry->path().filename().string();
    if (!found.starts_with(prefix) || !found.ends_with(".lock")) continue;
    RunId run = 0;
    const char* last = found.data() + found.size() - std::strlen(".lock");
    const auto [rest, code] = std::from_chars(found.data() + prefix.size(), last, run);
    if (code != std::errc{} || rest != last || !is_held(store, run)) continue;
    live.emplace_back(run, read_side_file(store, run).value_or(LockHolder{}));
  }
  return live;
}

}  // namespace equivolve::engine::store
