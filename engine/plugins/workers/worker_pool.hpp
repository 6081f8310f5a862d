// An evaluator whose trials run in processes of their own: workers that speak the protocol. Each
// thread that asks has a worker to itself while it asks; there are as many workers as threads that
// ask at once. A worker that is lost costs a trial at most a repetition on a fresh one.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "engine/plugins/workers/worker_process.hpp"

namespace equivolve::engine {

/// How workers are started and kept.
struct WorkerSettings {
  /// `{slot}` in its environment's values is a number from 0, of each worker that lives another
  /// one. `memory`: bytes of address space.
  ChildSettings child;
  /// Of probes and all that is no trial and no start, which have none of their own; 0: any time.
  std::chrono::nanoseconds deadline = std::chrono::minutes(10);
  Grace grace;
};

/// Trials that ended with their worker are tried so often, and so many lost workers set a behaviour
/// aside.
inline constexpr int kMostAttempts = 3;

/// Starts workers that have been greeted. [any-thread]
class WorkerStarter {
 public:
  struct Greeted {
    WorkerProcess process;
    protocol::HelloOk hello;
    std::uint32_t slot;
  };

  explicit WorkerStarter(WorkerSettings settings) : settings_(std::move(settings)) {}
  const WorkerSettings& settings() const { return settings_; }

  tl::expected<Greeted, EvaluatorError> start();
  void free_slot(std::uint32_t slot);

 private:
  std::uint32_t take_slot();
  const WorkerSettings settings_;
  std::mutex lock_;
  std::set<std::uint32_t> slots_;  // of workers that live; protected by lock_
};

/// Thread-safe, whatever the evaluator behind it says of itself.
class WorkerPool final : public Evaluator {
 public:
  /// Configures a first worker, which reads the data. [main-thread]
  static tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(
      std::shared_ptr<WorkerStarter> starter, WorkerStarter::Greeted first,
      const std::string& config_json, const CreateOptions& options);
  ~WorkerPool() override;  ///< says goodbye to all

  const EvaluatorDescriptor& descriptor() const override { return hello_.descriptor; }
  const EvaluatorInfo& info() const override { return info_; }
  std::string default_space(const std::string& representation) const override;
  tl::expected<void, EvaluatorError> bind_space(std::shared_ptr<const search::Space> space,
                                                const std::string& space_json) override;
  std::vector<ReferenceCandidate> reference_candidates() const override;
  std::vector<std::byte> refine(const CandidateView& bred) override;
  ProbeResult probe(const CandidateView& candidate, std::uint64_t seed) override;
  TrialResult evaluate(const CandidateView& candidate, const TrialRequest& request,
                       const std::atomic<bool>& stop) override;
  tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView& candidate,
                                                            const std::string& options_json,
                                                            std::uint64_t common_seed) override;

 private:
  struct Worker {
    WorkerProcess process;
    std::uint32_t slot;
  };
  using Leased = std::unique_ptr<Worker>;

  WorkerPool(std::shared_ptr<WorkerStarter> starter, protocol::HelloOk hello,
             const std::string& config_json, const CreateOptions& options);

  tl::expected<EvaluatorInfo, EvaluatorError> configure(Worker& worker, bool is_first) const;
  tl::expected<void, EvaluatorError> bind(Worker& worker) const;
  tl::expected<Leased, EvaluatorError> lease() const;
  tl::expected<Leased, EvaluatorError> fresh() const;
  void give_back(Leased worker) const;
  void drop(Leased worker) const;

  /// On up to kMostAttempts workers; `again` is called before each but the first.
  tl::expected<protocol::Body, WorkerLoss> ask_any(const protocol::Body& question,
                                                   const Patience& patience,
                                                   const WorkerProcess::OnPart& on_part,
                                                   std::uint64_t behaviour,
                                                   const std::function<void()>& again = {}) const;
  WorkerProcess::OnPart logging(WorkerProcess::OnPart others = {}) const;
  void log(int severity, std::string_view text) const;
  protocol::WireCandidate wire(const CandidateView& candidate) const;
  bool is_set_aside(std::uint64_t behaviour) const;
  Reason last_loss_of(std::uint64_t behaviour) const;
  struct Losses {
    int count = 0;
    Reason last = Reason::kCrash;
  };
  /// What happened while a trial ran.
  struct Seen {
    bool stopped = false, late = false, pruned = false;
  };
  TrialResult tried(const CandidateView& candidate, const TrialRequest& request,
                    const std::atomic<bool>& stop, std::uint64_t behaviour) const;
  TrialResult judged(protocol::Result result, const TrialRequest& request, const Seen& seen) const;

  // Constant once created, and bound.
  const std::shared_ptr<WorkerStarter> starter_;
  const protocol::HelloOk hello_;
  const std::string config_json_;
  const CreateOptions options_;
  EvaluatorInfo info_;
  std::shared_ptr<const search::Space> space_;
  std::string space_json_;

  mutable std::mutex lock_;  // protects the two below
  mutable std::vector<Leased> idle_;
  mutable std::unordered_map<std::uint64_t, Losses> losses_;  // by behaviour

  mutable std::mutex log_lock_;
};

}  // namespace equivolve::engine
