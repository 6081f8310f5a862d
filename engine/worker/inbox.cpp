#include "engine/worker/inbox.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace equivolve::engine {
namespace {

/// For what runs when the engine is gone.
constexpr std::chrono::seconds kPatience{1};
/// How often one looks while a question is worked on.
constexpr std::chrono::milliseconds kLook{10};
constexpr std::chrono::nanoseconds kForEver{-1};

}  // namespace

Inbox::Inbox(int descriptor) : descriptor_(descriptor), thread_([this] { look_meanwhile(); }) {}

Inbox::~Inbox() {
  {
    const std::lock_guard guard(lock_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// ---- who waits for a message

std::optional<Inbox::Item> Inbox::next() {
  const std::lock_guard turn(turn_);
  {
    const std::lock_guard guard(lock_);
    is_busy_ = false;
  }
  while (true) {
    if (auto item = begun()) return item;
    {
      const std::lock_guard guard(lock_);
      if (ended_ || goodbye_) return std::nullopt;
    }
    read(for_questions_, kForEver);
  }
}

/// The first question that waits.
std::optional<Inbox::Item> Inbox::begun() {
  const std::lock_guard guard(lock_);
  if (questions_.empty()) return std::nullopt;
  Item item = std::move(questions_.front());
  questions_.pop_front();
  is_busy_ = true;
  if (sleeps_) changed_.notify_one();
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
  const std::lock_guard turn(turn_);
  while (true) {
    if (const auto stop = control()) return *stop;
    read(for_controls_, kForEver);
  }
}

std::optional<bool> Inbox::control() {
  const std::lock_guard guard(lock_);
  if (controls_.empty()) {
    if (ended_ || goodbye_ || stop_.load()) return false;  // stop_ says the rest
    return std::nullopt;
  }
  const bool stop = controls_.front();
  controls_.pop_front();
  return stop;
}

// ---- reading

/// With turn_ held: what has come within this time.
void Inbox::read(BriefWait& wait, std::chrono::nanoseconds longest) {
  std::array<pollfd, 1> one{pollfd{descriptor_, POLLIN, 0}};
  if (wait.poll(one, longest) <= 0) return;
  std::array<char, 64 * 1024> piece;
  const ssize_t count = ::read(descriptor_, piece.data(), piece.size());
  if (count < 0 && errno == EINTR) return;
  if (count <= 0) return end();
  const std::uint64_t overlong = lines_.overlong();
  lines_.add({piece.data(), static_cast<std::size_t>(count)});
  while (const auto line = lines_.next()) take(protocol::decode(*line));
  if (lines_.overlong() != overlong)
    take(tl::unexpected(protocol::DecodeError{"a message is longer than 16 MiB", 0, false}));
}

void Inbox::take(Item item) {
  const std::lock_guard guard(lock_);
  if (goodbye_) return;
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

void Inbox::end() {
  const std::lock_guard guard(lock_);
  ended_ = true;
  stop_.store(true);
  changed_.notify_all();
}

// ---- the thread

/// Ends the process where what is worked on does not end soon after the engine.
void Inbox::look_meanwhile() {
  std::unique_lock guard(lock_);
  while (!done_ && !ended_) {
    sleeps_ = true;
    changed_.wait(guard, [this] { return is_busy_ || ended_ || done_; });
    sleeps_ = false;
    changed_.wait_for(guard, kLook, [this] { return ended_ || done_; });
    if (!is_busy_ || ended_ || done_) continue;
    guard.unlock();
    look_now();
    guard.lock();
  }
  if (changed_.wait_for(guard, kPatience, [this] { return done_; })) return;
  if (getpgrp() == getpid()) killpg(0, SIGKILL);  // with what the module has started
  _exit(1);
}

/// Who waits for a message at this moment looks better.
void Inbox::look_now() {
  const std::unique_lock turn(turn_, std::try_to_lock);
  if (!turn) return;
  BriefWait at_once;
  read(at_once, std::chrono::nanoseconds(0));
}

}  // namespace equivolve::engine
