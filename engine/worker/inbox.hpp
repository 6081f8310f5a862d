// What the engine says to a worker. Who waits for a message reads it himself; while a question is
// worked on, a thread of its own looks for what comes meanwhile: a trial that runs can be
// cancelled, and a worker whose engine is gone ends.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <tl/expected.hpp>

#include "engine/plugins/protocol/messages.hpp"
#include "engine/processes/brief_wait.hpp"
#include "engine/processes/line_reader.hpp"

namespace equivolve::engine {

class Inbox {
 public:
  using Item = tl::expected<protocol::Message, protocol::DecodeError>;

  explicit Inbox(int descriptor);
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// The next question, which is worked on until the next call; nothing at the end of input, or
  /// after a goodbye.
  std::optional<Item> next();

  /// Set once the question with this number is cancelled. One at a time.
  const std::atomic<bool>& watch(std::uint64_t id);
  /// What the engine answers to a progress of this question: whether to stop. Of one that is over:
  /// yes. [any-thread]
  bool wait_for_control(std::uint64_t id);

 private:
  std::optional<Item> begun();
  std::optional<bool> control(std::uint64_t id);
  bool read(BriefWait& wait, std::chrono::nanoseconds longest);
  void take(Item item);
  void end(bool of_engine);
  void look_meanwhile();
  void look_now();
  bool has_ended() const { return ended_ || goodbye_ || unreadable_; }

  std::mutex turn_;  // held by who waits for a message; protects up to the other lock
  const int descriptor_;
  LineReader lines_{protocol::kLongestMessage};
  BriefWait for_questions_, for_controls_;

  std::mutex lock_;  // taken after turn_, and for moments; protects all up to the thread
  std::condition_variable changed_;
  std::deque<Item> questions_;
  std::deque<bool> controls_;
  std::uint64_t watched_ = 0;
  std::set<std::uint64_t> cancelled_;  // questions whose turn is yet to come
  bool is_busy_ = false;               // with a question
  bool sleeps_ = false;                // the thread, until there is something to look after
  bool ended_ = false, goodbye_ = false, done_ = false;
  bool unreadable_ = false;  // a module has closed the descriptor
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace equivolve::engine
