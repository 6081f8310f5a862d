#include "engine/plugins/threads_evaluator.hpp"

#include <limits>

namespace equivolve::engine {
namespace {

const std::optional<hashing::Digest> kNoClass;

bool is_in(const SetAside& set_aside, const CandidateView& candidate) {
  return set_aside.why(behaviours_of(candidate, std::nullopt).own).has_value();
}

}  // namespace

ThreadsEvaluator::ThreadsEvaluator(Evaluator& inner, const CrashNotes& notes)
    : inner_(inner), notes_(notes) {
  for (const CrashNote& note : notes.read()) {
    if (note.step <= Step::kRefine) refines_.count_loss(note.behaviour, Reason::kCrash);
    if (note.step <= Step::kProbe) probes_.count_loss(note.behaviour, Reason::kCrash);
    trials_.count_loss(note.behaviour, Reason::kCrash);
    any_losses_ = true;
  }
}

std::vector<std::byte> ThreadsEvaluator::refine(const CandidateView& bred,
                                                const std::atomic<bool>& stop) {
  if (any_losses_.load(std::memory_order_relaxed) && is_in(refines_, bred)) return {};
  const Tried tried{notes_, Step::kRefine, bred, kNoClass};
  const Trying here(&tried);
  return inner_.refine(bred, stop);
}

ProbeResult ThreadsEvaluator::probe(const CandidateView& candidate, std::uint64_t seed,
                                    const std::atomic<bool>& stop) {
  if (any_losses_.load(std::memory_order_relaxed) && is_in(probes_, candidate)) {
    ProbeResult out;
    out.message = "it was set aside";
    return out;
  }
  const Tried tried{notes_, Step::kProbe, candidate, kNoClass};
  const Trying here(&tried);
  return inner_.probe(candidate, seed, stop);
}

TrialResult ThreadsEvaluator::evaluate(const CandidateView& candidate, const TrialRequest& request,
                                       const std::atomic<bool>& stop) {
  if (any_losses_.load(std::memory_order_relaxed))
    if (auto set_aside = trials_.result_of(behaviours_of(candidate, request.behaviour))) {
      set_aside->figures.assign(info().figures.size(), std::numeric_limits<double>::quiet_NaN());
      return std::move(*set_aside);
    }
  const Tried tried{notes_, Step::kTrial, candidate, request.behaviour};
  const Trying here(&tried);
  return inner_.evaluate(candidate, request, stop);
}

void ThreadsEvaluator::take_note(const CandidateView& candidate,
                                 const std::optional<hashing::Digest>& behaviour,
                                 const TrialResult& stored) {
  trials_.take_note(behaviours_of(candidate, behaviour), stored);
  any_losses_ = true;
}

}  // namespace equivolve::engine
