// An evaluator for tests of the pipeline: programs are multisets of operations. Two programs with
// the same operations in any order behave alike, so that there is plenty to merge; fitness is an
// arithmetic function of the multiset.
#pragma once

#include <functional>

#include "engine/plugins/evaluator.hpp"
#include "search/space/space.hpp"

namespace equivolve::engine::test {

class ToyEvaluator final : public Evaluator {
 public:
  ToyEvaluator();
  const EvaluatorDescriptor& descriptor() const override { return descriptor_; }
  const EvaluatorInfo& info() const override { return info_; }
  std::string default_space(const std::string&) const override { return "{}"; }
  tl::expected<void, EvaluatorError> bind_space(std::shared_ptr<const search::Space>,
                                                const std::string&) override {
    return {};
  }
  std::vector<ReferenceCandidate> reference_candidates() const override { return references; }
  std::vector<std::byte> refine(const CandidateView&, const std::atomic<bool>&) override {
    return {};
  }
  ProbeResult probe(const CandidateView& candidate, std::uint64_t seed,
                    const std::atomic<bool>& stop) override;
  TrialResult evaluate(const CandidateView& candidate, const TrialRequest& request,
                       const std::atomic<bool>& stop) override;
  tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView&,
                                                            const std::string&,
                                                            std::uint64_t) override {
    return {};
  }

  // What a test may change, before a run.
  std::uint64_t digest_mask = ~std::uint64_t{0};  ///< fewer bits: different behaviours collide
  std::function<void()> on_probe = [] {};
  /// At the start of each trial; `stop` is the trial's own.
  std::function<void(const CandidateView&, const TrialRequest&, const std::atomic<bool>& stop)>
      on_trial = [](const CandidateView&, const TrialRequest&, const std::atomic<bool>&) {};
  double noise = 0;      ///< added times a number drawn from common_seed
  double own_noise = 0;  ///< the same from own_seed: it stays in differences
  std::function<double(double)> measured = [](double fitness) { return fitness; };
  std::function<double()> seconds = [] { return 1e-6; };  ///< what a trial says it took
  double row_spread = 0;  ///< how far the test rows of found candidates lie apart
  std::function<bool(double)> fails = [](double) { return false; };  ///< by fitness
  /// By fitness and request.
  std::function<bool(double, const TrialRequest&)> fails_in = [](double, const TrialRequest&) {
    return false;
  };
  Reason failure = Reason::kEvaluatorError;
  std::vector<ReferenceCandidate> references = {{"middling", "fitness 0.5", ""}};
  EvaluatorDescriptor descriptor_;
  EvaluatorInfo info_;
  std::atomic<std::uint64_t> evaluations{0};
};

/// Small programs of four operations.
std::shared_ptr<const search::Space> toy_space();

}  // namespace equivolve::engine::test
