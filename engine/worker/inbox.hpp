// What the engine says to a worker, read on a thread of its own: a trial that runs can be
// cancelled, and a worker whose engine is gone ends.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <tl/expected.hpp>

#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::engine {

class Inbox {
 public:
  using Item = tl::expected<protocol::Message, protocol::DecodeError>;

  explicit Inbox(int descriptor);
  ~Inbox();  ///< after the end of input, or a goodbye
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// The next question; nothing at the end of input.
  std::optional<Item> next();

  /// Set once the question with this number is cancelled. One at a time.
  const std::atomic<bool>& watch(std::uint64_t id);
  /// What the engine answers to a progress: whether to stop. [any-thread]
  bool wait_for_control();

 private:
  void read(int descriptor);
  void take(Item item);
  void end();

  std::mutex lock_;  // protects all up to the thread
  std::condition_variable changed_;
  std::deque<Item> questions_;
  std::deque<bool> controls_;
  std::uint64_t watched_ = 0;
  std::set<std::uint64_t> cancelled_;  // questions whose turn is yet to come
  bool ended_ = false, goodbye_ = false, done_ = false;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace equivolve::engine
