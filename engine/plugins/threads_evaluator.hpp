// An evaluator on the engine's own threads, whose crashes end the engine: what is under way is
// noted (crash_notes), and what has crashed earlier sessions of the run kMostAttempts times is
// tried no more.
#pragma once

#include <atomic>

#include "engine/plugins/crash_notes.hpp"
#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/set_aside.hpp"

namespace equivolve::engine {

/// What it refers to must outlive it.
class ThreadsEvaluator final : public Evaluator {
 public:
  ThreadsEvaluator(Evaluator& inner, const CrashNotes& notes);

  const EvaluatorDescriptor& descriptor() const override { return inner_.descriptor(); }
  const EvaluatorInfo& info() const override { return inner_.info(); }
  std::string default_space(const std::string& representation) const override {
    return inner_.default_space(representation);
  }
  tl::expected<void, EvaluatorError> bind_space(std::shared_ptr<const search::Space> space,
                                                const std::string& space_json) override {
    return inner_.bind_space(std::move(space), space_json);
  }
  std::vector<ReferenceCandidate> reference_candidates() const override {
    return inner_.reference_candidates();
  }
  std::vector<std::byte> refine(const CandidateView& bred, const std::atomic<bool>& stop) override;
  ProbeResult probe(const CandidateView& candidate, std::uint64_t seed,
                    const std::atomic<bool>& stop) override;
  TrialResult evaluate(const CandidateView& candidate, const TrialRequest& request,
                       const std::atomic<bool>& stop) override;
  void take_note(const CandidateView& candidate, const std::optional<hashing::Digest>& behaviour,
                 const TrialResult& stored) override;
  tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView& candidate,
                                                            const std::string& options_json,
                                                            std::uint64_t common_seed) override {
    return inner_.apply(candidate, options_json, common_seed);
  }

 private:
  Evaluator& inner_;
  const CrashNotes& notes_;
  // What may not be begun: what has crashed in its turn, or before it.
  SetAside refines_, probes_, trials_;
  std::atomic<bool> any_losses_{false};  // a trial may be too short to ask otherwise
};

}  // namespace equivolve::engine
