#include "engine/plugins/set_aside.hpp"

#include <span>

#include <fmt/format.h>

namespace equivolve::engine {
namespace {

/// Whether it ended with the process of its last attempt. An evaluator's own answer may have the
/// reason `memory`, too, but speaks of no key.
bool has_cost_its_process(const TrialResult& result) {
  if (result.status != Status::kFailed) return false;
  switch (result.reason) {
    case Reason::kCrash:
    case Reason::kProtocol:
    case Reason::kLostWorker:
      return true;
    case Reason::kMemory:
      return result.message.find(kMemoryKeySays) != std::string::npos;
    default:
      return false;
  }
}

}  // namespace

Behaviours behaviours_of(const CandidateView& candidate,
                         const std::optional<hashing::Digest>& class_digest) {
  const auto name = candidate.reference;
  const std::uint64_t own =
      name.empty() ? hashing::checksum64(candidate.genome)
                   : hashing::checksum64(std::as_bytes(std::span(name.data(), name.size())));
  return {own, class_digest ? class_digest->lo : own};
}

void SetAside::count_loss(std::uint64_t behaviour, Reason reason) {
  const std::lock_guard guard(lock_);
  Losses& losses = losses_[behaviour];
  ++losses.count;
  losses.last = reason;
}

std::optional<Reason> SetAside::why(std::uint64_t behaviour) const {
  const std::lock_guard guard(lock_);
  const auto found = losses_.find(behaviour);
  if (found == losses_.end() || found->second.count < kMostAttempts) return std::nullopt;
  return found->second.last;
}

std::optional<TrialResult> SetAside::result_of(const Behaviours& behaviours) const {
  auto reason = why(behaviours.of_class);
  if (!reason) reason = why(behaviours.own);
  if (!reason) return std::nullopt;
  return failed_trial(*reason,
                      fmt::format("was set aside: its like has cost {} processes", kMostAttempts));
}

void SetAside::take_note(const Behaviours& behaviours, const TrialResult& stored) {
  if (!has_cost_its_process(stored)) return;
  const std::lock_guard guard(lock_);
  losses_[behaviours.of_class] = {kMostAttempts, stored.reason};
}

TrialResult failed_trial(Reason reason, std::string message) {
  TrialResult out;
  out.status = Status::kFailed;
  out.reason = reason;
  out.message = std::move(message);
  return out;
}

}  // namespace equivolve::engine
