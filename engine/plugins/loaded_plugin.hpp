// An evaluator that lives in a module of this process.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/global_state.hpp"
#include "engine/plugins/host_bridge.hpp"
#include "engine/plugins/known_probes.hpp"
#include "engine/plugins/module_table.hpp"
#include "engine/plugins/plugin_host.hpp"

namespace equivolve::engine {

class LoadedPlugin final : public Evaluator {
 public:
  /// Makes a handle: reads the data. [main-thread]
  static tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(
      const ModuleTable& module, const std::string& config_json, const CreateOptions& options);
  ~LoadedPlugin() override;

  const EvaluatorDescriptor& descriptor() const override { return module_.descriptor; }
  const EvaluatorInfo& info() const override { return info_; }
  std::string default_space(const std::string& representation) const override;
  tl::expected<void, EvaluatorError> bind_space(std::shared_ptr<const search::Space> space,
                                                const std::string& space_json) override;
  std::vector<ReferenceCandidate> reference_candidates() const override;
  std::vector<std::byte> refine(const CandidateView& bred, const std::atomic<bool>& stop) override;
  ProbeResult probe(const CandidateView& candidate, std::uint64_t seed,
                    const std::atomic<bool>& stop) override;
  TrialResult evaluate(const CandidateView& candidate, const TrialRequest& request,
                       const std::atomic<bool>& stop) override;
  tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView& candidate,
                                                            const std::string& options_json,
                                                            std::uint64_t common_seed) override;

 private:
  LoadedPlugin(const ModuleTable& module, const CreateOptions& options);

  int call_create(const std::string& config_json, EvaluatorError& error);
  std::unique_lock<std::mutex> enter();
  template <class Call>
  int guarded(const char* what, std::string& message, Call call) const;
  void check_first_trial();
  /// Hand-made rivals are written for the space that the evaluator offers; a user may have narrowed
  /// it.
  std::vector<ReferenceCandidate> within_space(std::vector<ReferenceCandidate> references) const;

  // Constant once created.
  const ModuleTable module_;
  mutable HostBridge bridge_;
  const LocaleState locale_;
  eqv_handle* handle_ = nullptr;
  EvaluatorInfo info_;
  std::size_t first_objective_ = 0;
  std::shared_ptr<const search::Space> space_;  // once bound

  KnownProbes known_probes_;
  std::mutex one_at_a_time_;  // held during calls of evaluators that are not thread-safe
  std::atomic<bool> tried_{false};
  mutable std::atomic<bool> warned_of_mode_{false};
  std::atomic<bool> warned_of_refine_{false};
};

}  // namespace equivolve::engine
