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
      if (has_ended()) return std::nullopt;
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

bool Inbox::wait_for_control(std::uint64_t id) {
  while (true) {
    const std::lock_guard turn(turn_);  // let go now and then, should the question be over
    if (const auto stop = control(id)) return *stop;
    read(for_controls_, kLook);
  }
}

std::optional<bool> Inbox::control(std::uint64_t id) {
  const std::lock_guard guard(lock_);
  if (id != watched_) return true;
  if (controls_.empty()) {
    if (has_ended() || stop_.load()) return false;  // stop_ says the rest
    return std::nullopt;
  }
  const bool stop = controls_.front();
  controls_.pop_front();
  return stop;
}

// ---- reading

/// With turn_ held: what has come within this time. False: nothing.
bool Inbox::read(BriefWait& wait, std::chrono::nanoseconds longest) {
  std::array<pollfd, 1> one{pollfd{descriptor_, POLLIN, 0}};
  if (wait.poll(one, longest) <= 0) return false;
  std::array<char, 64 * 1024> piece;
  const ssize_t count = ::read(descriptor_, piece.data(), piece.size());
  if (count < 0 && errno == EINTR) return false;
  if (count <= 0) {
    end(count == 0);
    return false;
  }
  const std::uint64_t overlong = lines_.overlong();
  lines_.add({piece.data(), static_cast<std::size_t>(count)});
  while (const auto line = lines_.next()) take(protocol::decode(*line));
  if (lines_.overlong() != overlong)
    take(tl::unexpected(protocol::DecodeError{"a message is longer than 16 MiB", 0, false}));
  return true;
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

/// Of the engine, or of what can be read alone: then it sees to the rest.
void Inbox::end(bool of_engine) {
  const std::lock_guard guard(lock_);
  ended_ = ended_ || of_engine;
  unreadable_ = unreadable_ || !of_engine;
  if (of_engine) stop_.store(true);
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
    if (unreadable_) changed_.wait(guard, [this] { return done_; });
    if (!is_busy_ || ended_ || done_) continue;
    guard.unlock();
    look_now();
    guard.lock();
  }
  if (changed_.wait_for(guard, kPatience, [this] { return done_; })) return;
  if (getpgrp() == getpid()) killpg(0, SIGKILL);  // with what the module has started
  _exit(1);
}

/// All that is on its way: what matters may stand behind large questions. Who waits for a message
/// at this moment looks better.
void Inbox::look_now() {
  constexpr std::chrono::milliseconds kUntilMoreComes{1};
  BriefWait wait;
  for (bool has_come = true; has_come;) {
    const std::unique_lock turn(turn_, std::try_to_lock);
    has_come = turn && read(wait, kUntilMoreComes);
  }
}

}  // namespace equivolve::engine
