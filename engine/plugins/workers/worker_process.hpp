// One worker: a child that speaks the protocol, asked one question at a time. Whatever it does
// instead of answering becomes a WorkerLoss; nothing of it is left when the object is gone.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "engine/plugins/protocol/messages.hpp"
#include "engine/processes/child_process.hpp"
#include "engine/processes/line_reader.hpp"
#include "engine/processes/log_tail.hpp"

namespace equivolve::engine {

/// Why there is no answer. The worker is gone.
struct WorkerLoss {
  Reason reason = Reason::kLostWorker;
  bool was_stopped = false;  ///< somebody had asked it to stop: no failure
  std::string message;       ///< one line
  std::string log;           ///< the last 64 KiB of what it printed
};

/// How long an answer may take.
struct Patience {
  std::chrono::nanoseconds deadline{0};     ///< from now; 0: any time
  const std::atomic<bool>* stop = nullptr;  ///< looked at every 20 ms; may be null
};

/// A worker that is late, or shall stop, is told to cancel; so much later it gets SIGTERM, and
/// SIGKILL so long after it was told.
struct Grace {
  std::chrono::nanoseconds until_terminated = std::chrono::seconds(1);
  std::chrono::nanoseconds until_killed = std::chrono::seconds(5);
};

/// Not thread-safe: one thread at a time, which may be another one each time.
class WorkerProcess {
 public:
  /// What comes before the answer (progress, artefact, log). What it gives is sent to the worker.
  using OnPart = std::function<std::optional<protocol::Body>(protocol::Body part)>;

  /// `settings.memory` is also what its losses are judged by.
  static tl::expected<WorkerProcess, std::string> start(const ChildSettings& settings,
                                                        const Grace& grace = {});
  WorkerProcess(WorkerProcess&&) = default;
  WorkerProcess& operator=(WorkerProcess&&) = default;

  /// Asks, and waits for the answer.
  tl::expected<protocol::Body, WorkerLoss> ask(protocol::Body question, const Patience& patience,
                                               const OnPart& on_part = {});

  bool is_alive() const;  ///< as far as is known now
  /// Bytes of address space that it takes now; 0: not known.
  std::uint64_t memory_in_use() const;
  std::uint64_t memory_limit() const { return memory_limit_; }

  void say_goodbye();  ///< does not wait
  /// Waits for its end after a goodbye, for so long; then it is killed.
  void wait_for_end(std::chrono::nanoseconds longest);

  pid_t id() const { return child_.id(); }

 private:
  using Clock = std::chrono::steady_clock;
  enum class Asked : std::uint8_t { kNothing, kCancel, kTerminate, kKill };
  /// Of the question that is being answered.
  struct Exchange {
    std::uint64_t id = 0;
    Clock::time_point began;
    Asked asked = Asked::kNothing;
    Clock::time_point asked_at;
    bool by_stop = false;
  };
  using Answer = std::optional<tl::expected<protocol::Body, WorkerLoss>>;

  WorkerProcess(ChildProcess child, std::uint64_t memory_limit, const Grace& grace);

  void send(std::uint64_t id, protocol::Body body);
  void write_what_goes();
  void wait_for_something(const Exchange& exchange, const Patience& patience);
  bool read_from(int descriptor, bool is_log);
  Answer take_lines(const Exchange& exchange, const OnPart& on_part);
  void end_what_is_due(Exchange& exchange, const Patience& patience);
  WorkerLoss lose(Reason reason, std::string message);
  WorkerLoss loss_by_end(const Exchange& exchange, const Patience& patience);

  ChildProcess child_;
  std::uint64_t memory_limit_;
  Grace grace_;
  std::uint64_t questions_ = 0;
  LineReader lines_{protocol::kLongestMessage};
  LogTail log_;
  std::string unsent_;
  std::size_t sent_ = 0;  // of unsent_
  bool output_is_open_ = true, errors_are_open_ = true, has_ended_ = false;
  bool killed_for_silence_ = false;
  Clock::time_point output_closed_;
};

}  // namespace equivolve::engine
