#include "engine/plugins/threads_evaluator.hpp"

#include <limits>

namespace equivolve::engine {
namespace {

const std::optional<hashing::Digest> kNoClass;

}  // namespace

ThreadsEvaluator::ThreadsEvaluator(Evaluator& inner, const CrashNotes& notes)
    : inner_(inner), notes_(notes) {
  for (const CrashNote& note : notes.read()) {
    losses_.count_loss(note.behaviour, Reason::kCrash);
    any_losses_ = true;
  }
}

bool ThreadsEvaluator::is_set_aside(const CandidateView& candidate) const {
  return any_losses_.load(std::memory_order_relaxed) &&
         losses_.why(behaviours_of(candidate, std::nullopt).own).has_value();
}

std::vector<std::byte> ThreadsEvaluator::refine(const CandidateView& bred,
                                                const std::atomic<bool>& stop) {
  if (is_set_aside(bred)) return {};
  const Tried tried{notes_, bred, kNoClass};
  const Trying here(&tried);
  return inner_.refine(bred, stop);
}

ProbeResult ThreadsEvaluator::probe(const CandidateView& candidate, std::uint64_t seed,
                                    const std::atomic<bool>& stop) {
  if (is_set_aside(candidate)) {
    ProbeResult out;
    out.message = "it was set aside";
    return out;
  }
  const Tried tried{notes_, candidate, kNoClass};
  const Trying here(&tried);
  return inner_.probe(candidate, seed, stop);
}

TrialResult ThreadsEvaluator::evaluate(const CandidateView& candidate, const TrialRequest& request,
                                       const std::atomic<bool>& stop) {
  if (any_losses_.load(std::memory_order_relaxed))
    if (auto set_aside = losses_.result_of(behaviours_of(candidate, request.behaviour))) {
      set_aside->figures.assign(info().figures.size(), std::numeric_limits<double>::quiet_NaN());
      return std::move(*set_aside);
    }
  const Tried tried{notes_, candidate, request.behaviour};
  const Trying here(&tried);
  return inner_.evaluate(candidate, request, stop);
}

void ThreadsEvaluator::take_note(const CandidateView& candidate,
                                 const std::optional<hashing::Digest>& behaviour,
                                 const TrialResult& stored) {
  losses_.take_note(behaviours_of(candidate, behaviour), stored);
  any_losses_ = true;
}

}  // namespace equivolve::engine
