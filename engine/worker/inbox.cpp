#include "engine/worker/inbox.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "engine/processes/line_reader.hpp"

namespace equivolve::engine {
namespace {

/// For what runs when the engine is gone.
constexpr std::chrono::seconds kPatience{1};

}  // namespace

Inbox::Inbox(int descriptor) : thread_([this, descriptor] { read(descriptor); }) {}

Inbox::~Inbox() {
  {
    const std::lock_guard guard(lock_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::optional<Inbox::Item> Inbox::next() {
  std::unique_lock guard(lock_);
  changed_.wait(guard, [this] { return !questions_.empty() || ended_ || goodbye_; });
  if (questions_.empty()) return std::nullopt;
  Item item = std::move(questions_.front());
  questions_.pop_front();
  return item;
}

const std::atomic<bool>& Inbox::watch(std::uint64_t id) {
  const std::lock_guard guard(lock_);
  watched_ = id;
  controls_.clear();
  stop_.store(ended_ || cancelled_.contains(id));
  cancelled_.erase(cancelled_.begin(), cancelled_.upper_bound(id));  // numbers rise
  return stop_;
}

bool Inbox::wait_for_control() {
  std::unique_lock guard(lock_);
  changed_.wait(guard, [this] { return !controls_.empty() || ended_ || stop_.load(); });
  if (controls_.empty()) return false;  // stop_ says the rest
  const bool stop = controls_.front();
  controls_.pop_front();
  return stop;
}

void Inbox::take(Item item) {
  {
    const std::lock_guard guard(lock_);
    const protocol::Body* body = item ? &item->body : nullptr;
    if (const auto* control = body ? std::get_if<protocol::Control>(body) : nullptr) {
      if (item->id == watched_) controls_.push_back(control->stop);
    } else if (body && std::holds_alternative<protocol::Cancel>(*body)) {
      if (item->id == watched_)
        stop_.store(true);
      else if (item->id > watched_)
        cancelled_.insert(item->id);
    } else if (body && std::holds_alternative<protocol::Goodbye>(*body)) {
      goodbye_ = true;
    } else {
      questions_.push_back(std::move(item));
    }
  }
  changed_.notify_all();
}

void Inbox::read(int descriptor) {
  LineReader lines(protocol::kLongestMessage);
  std::array<char, 64 * 1024> piece;
  while (true) {
    const ssize_t count = ::read(descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return end();
    const std::uint64_t overlong = lines.overlong();
    lines.add({piece.data(), static_cast<std::size_t>(count)});
    while (const auto line = lines.next()) {
      take(protocol::decode(*line));
      if (goodbye_) return;  // written by this thread alone
    }
    if (lines.overlong() != overlong)
      take(tl::unexpected(protocol::DecodeError{"a message is longer than 16 MiB", 0, false}));
  }
}

void Inbox::end() {
  std::unique_lock guard(lock_);
  ended_ = true;
  stop_.store(true);
  changed_.notify_all();
  if (changed_.wait_for(guard, kPatience, [this] { return done_; })) return;
  if (getpgrp() == getpid()) killpg(0, SIGKILL);  // with what the module has started
  _exit(1);
}

}  // namespace equivolve::engine
