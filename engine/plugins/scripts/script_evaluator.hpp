// Any program as an evaluator: started once a trial with the candidate's parameters filled in, read
// by what it prints. Nothing is known of its behaviour before: equal are equal parameters.
#pragma once

#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "engine/plugins/scripts/script_output.hpp"
#include "engine/plugins/scripts/script_settings.hpp"
#include "engine/plugins/set_aside.hpp"
#include "engine/processes/child_process.hpp"
#include "engine/processes/slots.hpp"

namespace equivolve::engine {

/// The id under which a configuration asks for it. No module file is looked for.
inline constexpr const char* kScriptId = "script";

EvaluatorDescriptor script_descriptor();

/// What stands behind the id before a configuration is known.
std::unique_ptr<PluginModule> script_module();

/// Thread-safe: every trial has its own process.
class ScriptEvaluator final : public Evaluator {
 public:
  /// The error: a program or a file that is not there, a placeholder that is none.
  static tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(
      const std::string& config_json, const LaunchSettings& launch = {});

  const EvaluatorDescriptor& descriptor() const override { return descriptor_; }
  const EvaluatorInfo& info() const override { return info_; }
  std::string default_space(const std::string&) const override { return "{}"; }
  tl::expected<void, EvaluatorError> bind_space(std::shared_ptr<const search::Space> space,
                                                const std::string& space_json) override;
  std::vector<ReferenceCandidate> reference_candidates() const override { return {}; }
  std::vector<std::byte> refine(const CandidateView&, const std::atomic<bool>&) override {
    return {};
  }
  ProbeResult probe(const CandidateView& candidate, std::uint64_t seed,
                    const std::atomic<bool>& stop) override;
  TrialResult evaluate(const CandidateView& candidate, const TrialRequest& request,
                       const std::atomic<bool>& stop) override;
  void take_note(const CandidateView& candidate, const std::optional<hashing::Digest>& behaviour,
                 const TrialResult& stored) override;
  /// command.txt: the line to type for this candidate.
  tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView& candidate,
                                                            const std::string& options_json,
                                                            std::uint64_t common_seed) override;

 private:
  ScriptEvaluator(ScriptSettings settings, std::vector<std::string> names,
                  const LaunchSettings& launch);
  ChildSettings child_for(const CandidateView& candidate, const TrialRequest& request,
                          const std::string& scratch, std::uint32_t slot) const;
  std::vector<std::string> command_for(const CandidateView& candidate,
                                       const std::map<std::string, std::string>& others) const;
  TrialResult try_once(const CandidateView& candidate, const TrialRequest& request,
                       const std::atomic<bool>& stop);
  bool uses(const std::string& name) const;

  ScriptSettings settings_;
  const LaunchSettings launch_;
  Slots slots_;  // of the trials that run
  SetAside losses_;
  std::vector<std::string> names_;  // the placeholders of the command
  OutputPatterns patterns_;
  EvaluatorDescriptor descriptor_;
  EvaluatorInfo info_;
  std::shared_ptr<const search::Space> space_;
};

}  // namespace equivolve::engine
