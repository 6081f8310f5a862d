#include "engine/plugins/workers/worker_evaluator.hpp"

#include <atomic>
#include <cstdio>
#include <limits>
#include <mutex>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/set_aside.hpp"
#include "engine/plugins/workers/artefact_parts.hpp"
#include "engine/plugins/workers/asking.hpp"
#include "engine/plugins/workers/program_answers.hpp"
#include "engine/plugins/workers/worker_info.hpp"
#include "engine/plugins/workers/worker_trial.hpp"

namespace equivolve::engine {
namespace {

/// Reading the data may take long, but not for ever.
constexpr std::chrono::minutes kPatienceToConfigure{60};
/// Messages of one evaluator that are handed on; a loop that says something each time says no more
/// by it.
constexpr std::uint64_t kMostMessages = 1000;

EvaluatorError lost(const EvaluatorDescriptor& descriptor, const char* when,
                    const std::string& message) {
  return {"", one_line(fmt::format("evaluator '{}' {} {}", descriptor.id, when, message)), false};
}

/// The answer, if it is of the kind that was asked for.
template <class Wanted>
tl::expected<Wanted, EvaluatorError> as(tl::expected<WorkerReply, WorkerLoss> answer,
                                        const EvaluatorDescriptor& descriptor, const char* when) {
  if (!answer) return tl::unexpected(lost(descriptor, when, answer.error().message));
  if (auto* wanted = std::get_if<Wanted>(&answer->body)) return std::move(*wanted);
  if (auto* failure = std::get_if<protocol::Failure>(&answer->body))
    return tl::unexpected(std::move(failure->error));
  return tl::unexpected(lost(descriptor, when, "gave another answer than was asked for"));
}

class WorkerEvaluator final : public Evaluator {
 public:
  WorkerEvaluator(const std::shared_ptr<WorkerStarter>& starter, protocol::HelloOk hello,
                  std::string config_json, const CreateOptions& options)
      : hello_(std::move(hello)),
        config_json_(std::move(config_json)),
        options_(options),
        pool_(starter, [this](WorkerProcess& worker, const std::atomic<bool>& stop) {
          return make_ready(worker, stop);
        }) {}

  tl::expected<void, EvaluatorError> begin(WorkerStarter::Greeted first,
                                           const hashing::Digest& program);

  const EvaluatorDescriptor& descriptor() const override { return hello_.descriptor; }
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
  void take_note(const CandidateView& candidate, const std::optional<hashing::Digest>& behaviour,
                 const TrialResult& stored) override;
  tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView& candidate,
                                                            const std::string& options_json,
                                                            std::uint64_t common_seed) override;

 private:
  tl::expected<void, EvaluatorError> make_ready(WorkerProcess& worker,
                                                const std::atomic<bool>& stop);
  tl::expected<EvaluatorInfo, EvaluatorError> configure(WorkerProcess& worker, bool is_first,
                                                        const std::atomic<bool>& stop) const;
  tl::expected<void, EvaluatorError> bind(WorkerProcess& worker, const std::string& space_json,
                                          const std::atomic<bool>& stop) const;
  Patience patience(const std::atomic<bool>& stop) const {
    return {pool_.settings().deadline, &stop};
  }

  /// Any worker, or one after the other.
  tl::expected<WorkerReply, NoAnswer> ask(const protocol::Body& question,
                                          const std::atomic<bool>& stop,
                                          std::uint64_t behaviour) const {
    return ask_any(pool_, losses_, question, patience(stop), logging(), behaviour);
  }
  WorkerProcess::OnPart logging(WorkerProcess::OnPart others = {}) const;
  void log(int severity, std::string_view text) const;
  protocol::WireCandidate wire(const CandidateView& candidate) const {
    return wire_candidate(candidate, hello_.takes_flat, space_.get());
  }

  void warn_of_refine(const std::string& fault);

  // Constant once created, and bound.
  const protocol::HelloOk hello_;
  const std::string config_json_;
  const CreateOptions options_;
  EvaluatorInfo info_;
  std::shared_ptr<const search::Space> space_;
  std::string space_json_;

  mutable SetAside losses_;
  mutable std::mutex log_lock_;
  mutable std::uint64_t messages_ = 0;  // protected by log_lock_
  std::atomic<bool> warned_of_refine_{false};
  mutable WorkerPool pool_;
};

// ---- workers

tl::expected<void, EvaluatorError> WorkerEvaluator::begin(WorkerStarter::Greeted first,
                                                          const hashing::Digest& program) {
  auto info = configure(*first.process, true, kNeverStops);
  if (!info) return tl::unexpected(std::move(info.error()));
  info_ = std::move(*info);
  info_.program = program;
  pool_.add(std::move(first));
  return {};
}

tl::expected<void, EvaluatorError> WorkerEvaluator::make_ready(WorkerProcess& worker,
                                                               const std::atomic<bool>& stop) {
  if (auto info = configure(worker, false, stop); !info) return tl::unexpected(info.error());
  return space_ ? bind(worker, space_json_, stop) : tl::expected<void, EvaluatorError>();
}

/// What further workers say of the data the first one has said already.
tl::expected<EvaluatorInfo, EvaluatorError> WorkerEvaluator::configure(
    WorkerProcess& worker, bool is_first, const std::atomic<bool>& stop) const {
  protocol::Configure question;
  question.config_json = config_json_;
  question.mantissa_bits = static_cast<std::uint32_t>(options_.mantissa_bits);
  question.grid = options_.grid;
  question.marks_log = pool_.settings().prefetch > 1;
  auto said = as<protocol::Info>(worker.ask(std::move(question), {kPatienceToConfigure, &stop},
                                            is_first ? logging() : WorkerProcess::OnPart()),
                                 descriptor(), "while it read its data");
  if (!said) return tl::unexpected(std::move(said.error()));
  auto info = checked_info(said->info, {options_.mantissa_bits, options_.grid});
  if (!info)
    return tl::unexpected(
        EvaluatorError{"", fmt::format("evaluator '{}' {}", descriptor().id, info.error()), false});
  if (!is_first && info->data_digest != info_.data_digest)
    return tl::unexpected(EvaluatorError{
        "", fmt::format("evaluator '{}' found its data changed during the run", descriptor().id),
        false});
  return std::move(*info);
}

tl::expected<void, EvaluatorError> WorkerEvaluator::bind(WorkerProcess& worker,
                                                         const std::string& space_json,
                                                         const std::atomic<bool>& stop) const {
  auto done = as<protocol::Done>(
      worker.ask(protocol::Bind{space_json}, {kPatienceToConfigure, &stop}, logging()),
      descriptor(), "while its space was bound");
  if (!done) return tl::unexpected(std::move(done.error()));
  return {};
}

// ---- asking

void WorkerEvaluator::log(int severity, std::string_view text) const {
  const std::lock_guard guard(log_lock_);
  if (++messages_ > kMostMessages) return;
  if (messages_ == kMostMessages) text = "says more than is shown from here on";
  if (options_.log)
    options_.log(severity, text);
  else
    std::fprintf(stderr, "%s: %s\n", descriptor().id.c_str(), std::string(text).c_str());
}

WorkerProcess::OnPart WorkerEvaluator::logging(WorkerProcess::OnPart others) const {
  return [this, others = std::move(others)](protocol::Body part) -> std::optional<protocol::Body> {
    if (const auto* line = std::get_if<protocol::Log>(&part)) {
      log(static_cast<int>(line->severity), line->text);
      return std::nullopt;
    }
    return others ? others(std::move(part)) : std::nullopt;
  };
}

// ---- the evaluator

std::string WorkerEvaluator::default_space(const std::string& representation) const {
  auto answer = as<protocol::SpaceText>(ask(protocol::AskSpace{representation}, kNeverStops, 0),
                                        descriptor(), "while it was asked for its space");
  if (answer) return answer->space_json;
  log(EQV_LOG_WARNING, fmt::format("has no default space: {}", answer.error().message));
  return "{}";
}

tl::expected<void, EvaluatorError> WorkerEvaluator::bind_space(
    std::shared_ptr<const search::Space> space, const std::string& space_json) {
  space_ = nullptr;
  auto worker = pool_.lease(kNeverStops);
  if (!worker)
    return tl::unexpected(lost(descriptor(), "cannot be started:", worker.error().message));
  if (auto bound = bind(*(*worker)->process, space_json, kNeverStops); !bound) {
    pool_.drop(std::move(*worker));
    return bound;
  }
  space_json_ = space_json;
  space_ = std::move(space);
  // Workers that know of another space start anew.
  pool_.drop_idle();
  pool_.give_back(std::move(*worker));
  return {};
}

std::vector<ReferenceCandidate> WorkerEvaluator::reference_candidates() const {
  auto answer = as<protocol::References>(ask(protocol::AskReferences{}, kNeverStops, 0),
                                         descriptor(), "while it was asked for references");
  if (answer) return std::move(answer->references);
  log(EQV_LOG_WARNING,
      fmt::format("its reference candidates are left out: {}", answer.error().message));
  return {};
}

void WorkerEvaluator::warn_of_refine(const std::string& fault) {
  if (!warned_of_refine_.exchange(true))
    log(EQV_LOG_WARNING,
        fmt::format("refine failed on a candidate, which stays as it was bred: {}", fault));
}

std::vector<std::byte> WorkerEvaluator::refine(const CandidateView& bred,
                                               const std::atomic<bool>& stop) {
  const std::uint64_t behaviour = hashing::checksum64(bred.genome);
  if (losses_.why(behaviour)) {
    warn_of_refine("it was set aside");
    return {};
  }
  auto answer = ask(protocol::Refine{wire(bred)}, stop, behaviour);
  if (!answer && answer.error().was_stopped) return {};
  auto refined = as<protocol::Refined>(std::move(answer), descriptor(), "while it refined it");
  if (!refined) {
    warn_of_refine(refined.error().message);
    return {};
  }
  if (refined->flat.empty()) return {};
  // Another process's bytes are looked at before anybody breeds from them.
  if (space_ && search::check_genome(refined->flat, *space_)) return std::move(refined->flat);
  warn_of_refine("put a genome into its place that does not lie in the space");
  return {};
}

ProbeResult WorkerEvaluator::probe(const CandidateView& candidate, std::uint64_t seed,
                                   const std::atomic<bool>& stop) {
  ProbeResult out;
  const std::uint64_t behaviour = hashing::checksum64(candidate.genome);
  if (!descriptor().offers_probe || losses_.why(behaviour)) {
    out.message = descriptor().offers_probe ? "it was set aside" : "the evaluator offers no probe";
    return out;
  }
  auto answer =
      as<protocol::ProbeAnswer>(ask(protocol::Probe{wire(candidate), seed}, stop, behaviour),
                                descriptor(), "while it was probed");
  if (!answer) {
    out.message = std::move(answer.error().message);
    return out;
  }
  out.status = answer->status;
  out.digest = std::move(answer->digest);
  out.message = std::move(answer->message);
  if (out.status != Status::kOk || hello_.hashes_probes) return out;
  auto digest = digest_of_outputs(answer->outputs_json, info_.sink);
  if (digest) {
    out.digest = std::move(*digest);
  } else {
    out.status = Status::kFailed;
    out.message = std::move(digest.error());
  }
  return out;
}

TrialResult WorkerEvaluator::evaluate(const CandidateView& candidate, const TrialRequest& request,
                                      const std::atomic<bool>& stop) {
  const auto began = std::chrono::steady_clock::now();
  const Behaviours behaviours = behaviours_of(candidate, request.behaviour);
  TrialResult out;
  if (auto set_aside = losses_.result_of(behaviours)) {
    out = std::move(*set_aside);
  } else {
    WorkerTrial trial(info_, request);
    const auto on_part = logging([&](protocol::Body part) { return trial.take(std::move(part)); });
    auto answer =
        ask_any(pool_, losses_, trial.question(wire(candidate)), {request.deadline, &stop}, on_part,
                behaviours.of_class, [&] { trial.start_anew(); });
    out = trial.result_of(std::move(answer), stop);
  }
  if (out.status == Status::kFailed || out.status == Status::kCancelled)
    out.figures.assign(info_.figures.size(), std::numeric_limits<double>::quiet_NaN());
  if (out.seconds == 0)
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return out;
}

void WorkerEvaluator::take_note(const CandidateView& candidate,
                                const std::optional<hashing::Digest>& behaviour,
                                const TrialResult& stored) {
  losses_.take_note(behaviours_of(candidate, behaviour), stored);
}

tl::expected<std::vector<Artefact>, EvaluatorError> WorkerEvaluator::apply(
    const CandidateView& candidate, const std::string& options_json, std::uint64_t common_seed) {
  if (!descriptor().offers_apply)
    return tl::unexpected(EvaluatorError{
        "", fmt::format("evaluator '{}' does not offer apply", descriptor().id), true});
  ArtefactParts parts;
  const auto take = [&](protocol::Body part) -> std::optional<protocol::Body> {
    if (auto* piece = std::get_if<protocol::ArtefactPart>(&part)) parts.take(std::move(*piece));
    return std::nullopt;
  };
  auto worker = pool_.lease(kNeverStops);
  if (!worker)
    return tl::unexpected(lost(descriptor(), "cannot be started:", worker.error().message));
  const protocol::Body question = protocol::Apply{wire(candidate), options_json, common_seed};
  auto answer = (*worker)->process->ask(question, patience(kNeverStops), logging(take));
  const bool fits = answer && protocol::is_answer_to(question, answer->body);
  auto done = as<protocol::Done>(std::move(answer), descriptor(), "while it was applied");
  if (fits)
    pool_.give_back(std::move(*worker));
  else
    pool_.drop(std::move(*worker));
  if (!done) return tl::unexpected(std::move(done.error()));
  if (!parts.fault().empty())
    return tl::unexpected(EvaluatorError{
        "", fmt::format("evaluator '{}' {}", descriptor().id, parts.fault()), false});
  return std::move(parts).all();
}

}  // namespace

tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> make_worker_evaluator(
    const std::shared_ptr<WorkerStarter>& starter, WorkerStarter::Greeted first,
    const std::string& config_json, const CreateOptions& options, const hashing::Digest& program) {
  auto evaluator =
      std::make_unique<WorkerEvaluator>(starter, std::move(first.hello), config_json, options);
  if (auto begun = evaluator->begin(std::move(first), program); !begun)
    return tl::unexpected(std::move(begun.error()));
  return evaluator;
}

}  // namespace equivolve::engine
