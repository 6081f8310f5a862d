// One worker: a child that speaks the protocol and answers one question after the other. Several
// threads may ask it at once. Whatever it does instead of answering becomes a WorkerLoss; nothing
// of it is left when the object is gone.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "engine/plugins/protocol/messages.hpp"
#include "engine/plugins/workers/question_logs.hpp"
#include "engine/processes/brief_wait.hpp"
#include "engine/processes/child_process.hpp"
#include "engine/processes/line_reader.hpp"
#include "engine/processes/process_tree.hpp"

namespace equivolve::engine {

struct WorkerReply {
  protocol::Body body;
  std::string log;             ///< the last 64 KiB of what it printed meanwhile
  bool was_cancelled = false;  ///< it had been told to
};

/// Why there is no answer. The worker is gone.
struct WorkerLoss {
  Reason reason = Reason::kLostWorker;
  bool was_stopped = false;  ///< somebody had asked it to stop: no failure
  bool was_begun = true;     ///< else the worker was lost by the question before it
  std::string message;       ///< one line
  std::string log;           ///< as of WorkerReply
};

/// Who waits for a worker looks so often whether to stop.
inline constexpr std::chrono::milliseconds kLookForStop{20};

/// How long an answer may take.
struct Patience {
  std::chrono::nanoseconds deadline{0};     ///< from when its turn comes; 0: any time
  const std::atomic<bool>* stop = nullptr;  ///< looked at every 20 ms; may be null
  bool is_stopped() const { return stop && stop->load(std::memory_order_relaxed); }
};

/// A worker that is late, or shall stop, is told to cancel; so much later it gets SIGTERM, and
/// SIGKILL so long after it was told.
struct Grace {
  std::chrono::nanoseconds until_terminated = std::chrono::seconds(1);
  std::chrono::nanoseconds until_killed = std::chrono::seconds(5);
};

/// Thread-safe. There is no thread of its own: one of those that wait for an answer looks after the
/// worker for all of them.
class WorkerProcess {
 public:
  /// What comes before the answer (progress, items, artefact, log); called by any of the threads
  /// that wait, one at a time. What it gives is sent to the worker.
  using OnPart = std::function<std::optional<protocol::Body>(protocol::Body part)>;

  /// `settings.memory` (or `data`) is also what its losses are judged by. `settings.cpu_seconds` is
  /// counted anew for each trial.
  static tl::expected<std::unique_ptr<WorkerProcess>, std::string> start(
      const ChildSettings& settings, const Grace& grace = {});

  /// Asks, and waits for the answer. A question that does not fit into a message is answered by a
  /// Failure.
  tl::expected<WorkerReply, WorkerLoss> ask(protocol::Body question, const Patience& patience,
                                            const OnPart& on_part = {});

  bool is_alive();  ///< as far as is known now
  /// Whether another one should be started in its place, between questions: it has said that it was
  /// out of memory, or its largest process takes more than 80 % of the limit.
  bool is_spent();

  /// All of them, at once, each with nothing left to answer: says goodbye, and kills what has not
  /// ended by itself by then.
  static void end(std::span<WorkerProcess* const> workers, std::chrono::nanoseconds longest);

  pid_t id() const { return child_.id(); }

 private:
  using Clock = std::chrono::steady_clock;
  enum class Asked : std::uint8_t { kNothing, kCancel, kTerminate, kKill };
  /// A question whose asker waits.
  struct Exchange {
    std::uint64_t id = 0;
    const Patience* patience = nullptr;
    const OnPart* on_part = nullptr;
    Clock::time_point began;  // its turn
    Asked asked = Asked::kNothing;
    Clock::time_point asked_at;
    bool by_stop = false, is_trial = false;
    std::optional<tl::expected<WorkerReply, WorkerLoss>> end;
    std::condition_variable ended;
  };

  WorkerProcess(ChildProcess child, const ChildSettings& settings, const Grace& grace);

  // With lock_ held.
  void send(std::string line);
  void write_what_goes();
  void look_after(std::unique_lock<std::mutex>& lock);
  std::chrono::nanoseconds longest_wait() const;
  void read_what_is_left();
  bool read_from(int descriptor, bool is_log);
  void take_lines();
  bool take(protocol::Message message);
  void begin(Exchange& exchange);
  void finish(Exchange& exchange, protocol::Body answer);
  void end_what_is_due();
  void cancel(Exchange& exchange, Clock::time_point now);
  void escalate(Exchange& exchange, Clock::time_point now);
  void lose(Reason reason, std::string message);
  WorkerLoss loss_by_end(const Exchange& exchange);
  void end_all(WorkerLoss of_first);
  bool wait_for_end(std::chrono::nanoseconds longest);

  std::mutex lock_;  // protects all but what is constant
  ChildProcess child_;
  const std::uint64_t memory_limit_, cpu_limit_;
  const Grace grace_;
  LargestProcess largest_;
  std::atomic<bool> is_out_of_memory_{false};
  std::deque<Exchange*> open_;  // in the order in which they were asked
  bool is_looked_after_ = false;
  BriefWait wait_;  // of the one that looks after it
  std::uint64_t questions_ = 0;
  LineReader lines_{protocol::kLongestMessage};
  QuestionLogs log_;
  std::string unsent_;
  std::size_t sent_ = 0;     // of unsent_
  std::size_t replies_ = 0;  // bytes of unsent_ that answer its parts
  bool output_is_open_ = true, errors_are_open_ = true, has_ended_ = false;
  bool killed_for_silence_ = false;
  Clock::time_point output_closed_;
};

}  // namespace equivolve::engine
