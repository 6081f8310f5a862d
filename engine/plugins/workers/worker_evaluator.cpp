#include "engine/plugins/workers/worker_evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "engine/plugins/host_bridge.hpp"
#include "engine/plugins/instance_info.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/workers/program_answers.hpp"
#include "engine/plugins/workers/worker_pool.hpp"
#include "hashing/digest.hpp"

namespace equivolve::engine {
namespace {

/// Reading the data may take long, but not for ever.
constexpr std::chrono::minutes kPatienceToConfigure{60};
constexpr std::size_t kMostArtefactBytes = std::size_t{1} << 30;  // of all
constexpr std::size_t kMostArtefacts = 10'000;
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

/// What the worker says of the evaluator, checked as a module's own words are.
tl::expected<EvaluatorInfo, std::string> checked_info(const EvaluatorInfo& said,
                                                      const SinkWishes& wishes) {
  std::vector<eqv_figure> figures;
  for (const NamedFigure& f : said.figures)
    figures.push_back({sizeof(eqv_figure), f.name.c_str(), f.unit.c_str(),
                       static_cast<std::uint32_t>(f.role),
                       static_cast<std::uint32_t>(f.minimize ? EQV_MINIMIZE : EQV_MAXIMIZE), f.low,
                       f.high, f.reproducible ? 1u : 0u});
  std::vector<eqv_level> levels;
  for (const LevelInfo& l : said.levels)
    levels.push_back(
        {sizeof(eqv_level), l.name.c_str(), l.relative_cost, l.comparable_with_next ? 1u : 0u});
  eqv_instance_info raw{};
  raw.struct_size = sizeof raw;
  raw.figures = figures.data();
  raw.figure_count = figures.size();
  raw.levels = levels.data();
  raw.level_count = levels.size();
  raw.offers_test_split = said.offers_test_split ? 1 : 0;
  raw.typical_seconds = said.typical_seconds;
  raw.probe_mantissa_bits = static_cast<std::uint32_t>(said.sink.mantissa_bits);
  raw.probe_exact = said.sink.exact ? 1 : 0;
  raw.refines_genomes = said.refines_genomes ? 1 : 0;
  auto info = read_instance_info(&raw, wishes);
  if (info) info->data_digest = said.data_digest;
  return info;
}

bool must_be_finite(const NamedFigure& figure) {
  return figure.role == Role::kObjective || figure.role == Role::kConstraint;
}

double tidied(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value + 0.0;
}

std::uint64_t checksum_of(const CandidateView& candidate) {
  if (candidate.reference.empty()) return hashing::checksum64(candidate.genome);
  return hashing::checksum64(
      std::as_bytes(std::span(candidate.reference.data(), candidate.reference.size())));
}

std::string late_text(std::chrono::nanoseconds deadline) {
  return fmt::format("took longer than {:g} s; allow more with the key evaluator.deadline",
                     std::chrono::duration<double>(deadline).count());
}

void keep(const protocol::Progress& progress, std::vector<IntermediateValue>& intermediate) {
  for (std::size_t i = 0; i < progress.figures.size(); ++i)
    if (std::isfinite(progress.figures[i]) && intermediate.size() < RunningTrial::kMostIntermediate)
      intermediate.push_back({progress.step, static_cast<std::uint32_t>(i), progress.figures[i]});
}

/// Beside a result that has none of its own.
struct ItemsSoFar {
  std::vector<double> items;
  bool are_too_many = false;

  void add(protocol::ItemsPart part) {
    are_too_many = are_too_many || items.size() + part.items.size() > RunningTrial::kMostItems;
    if (!are_too_many) items.insert(items.end(), part.items.begin(), part.items.end());
  }
};

TrialResult failed_trial(Reason reason, std::string message) {
  TrialResult out;
  out.status = Status::kFailed;
  out.reason = reason;
  out.message = std::move(message);
  return out;
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
  tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView& candidate,
                                                            const std::string& options_json,
                                                            std::uint64_t common_seed) override;

 private:
  struct Losses {
    int count = 0;
    Reason last = Reason::kCrash;
  };
  /// What happened while a trial ran.
  struct Seen {
    bool stopped = false, late = false, pruned = false;
  };
  /// Why a question has no answer: its worker is lost, or there is none.
  struct NoAnswer : WorkerLoss {
    bool is_no_worker = false;
  };

  tl::expected<void, EvaluatorError> make_ready(WorkerProcess& worker,
                                                const std::atomic<bool>& stop);
  tl::expected<EvaluatorInfo, EvaluatorError> configure(WorkerProcess& worker, bool is_first,
                                                        const std::atomic<bool>& stop) const;
  tl::expected<void, EvaluatorError> bind(WorkerProcess& worker, const std::string& space_json,
                                          const std::atomic<bool>& stop) const;
  Patience patience(const std::atomic<bool>& stop) const {
    return {pool_.settings().deadline, &stop};
  }

  /// On up to kMostAttempts workers; `again` is called before each but the first.
  tl::expected<WorkerReply, NoAnswer> ask_any(const protocol::Body& question,
                                              const Patience& patience,
                                              const WorkerProcess::OnPart& on_part,
                                              std::uint64_t behaviour,
                                              const std::function<void()>& again = {}) const;
  WorkerProcess::OnPart logging(WorkerProcess::OnPart others = {}) const;
  void log(int severity, std::string_view text) const;
  protocol::WireCandidate wire(const CandidateView& candidate) const;

  bool is_set_aside(std::uint64_t behaviour) const;
  Reason last_loss_of(std::uint64_t behaviour) const;
  void count_loss(std::uint64_t behaviour, Reason reason) const;
  void warn_of_refine(const std::string& fault);

  TrialResult tried(const CandidateView& candidate, const TrialRequest& request,
                    const std::atomic<bool>& stop, std::uint64_t behaviour) const;
  TrialResult judged(protocol::Result result, const TrialRequest& request, const Seen& seen) const;

  // Constant once created, and bound.
  const protocol::HelloOk hello_;
  const std::string config_json_;
  const CreateOptions options_;
  EvaluatorInfo info_;
  std::shared_ptr<const search::Space> space_;
  std::string space_json_;

  mutable std::mutex losses_lock_;
  mutable std::unordered_map<std::uint64_t, Losses> losses_;  // by behaviour
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

bool WorkerEvaluator::is_set_aside(std::uint64_t behaviour) const {
  const std::lock_guard guard(losses_lock_);
  const auto found = losses_.find(behaviour);
  return found != losses_.end() && found->second.count >= kMostAttempts;
}

Reason WorkerEvaluator::last_loss_of(std::uint64_t behaviour) const {
  const std::lock_guard guard(losses_lock_);
  const auto found = losses_.find(behaviour);
  return found == losses_.end() ? Reason::kCrash : found->second.last;
}

void WorkerEvaluator::count_loss(std::uint64_t behaviour, Reason reason) const {
  const std::lock_guard guard(losses_lock_);
  Losses& losses = losses_[behaviour];
  ++losses.count;
  losses.last = reason;
}

tl::expected<WorkerReply, WorkerEvaluator::NoAnswer> WorkerEvaluator::ask_any(
    const protocol::Body& question, const Patience& patience, const WorkerProcess::OnPart& on_part,
    std::uint64_t behaviour, const std::function<void()>& again) const {
  NoAnswer none;
  for (int attempt = 0; attempt < kMostAttempts;) {
    // A worker that was used may have been harmed by what it did before.
    auto worker = pool_.lease(*patience.stop, attempt > 0);
    if (!worker) {
      none = {{Reason::kLostWorker, worker.error().was_stopped, false, worker.error().message, ""},
              true};
      break;
    }
    auto answer = (*worker)->process->ask(question, patience, on_part);
    if (answer && protocol::is_answer_to(question, answer->body)) {
      pool_.give_back(std::move(*worker));
      return std::move(*answer);
    }
    pool_.drop(std::move(*worker));
    none = {answer ? WorkerLoss{Reason::kProtocol, false, true,
                                "gave another answer than was asked for", std::move(answer->log)}
                   : std::move(answer.error()),
            false};
    if (none.was_stopped || none.reason == Reason::kDeadline) break;
    if (!none.was_begun) continue;  // by no fault of this question
    count_loss(behaviour, none.reason);
    if (++attempt < kMostAttempts && again) again();
  }
  return tl::unexpected(std::move(none));
}

protocol::WireCandidate WorkerEvaluator::wire(const CandidateView& candidate) const {
  protocol::WireCandidate out;
  out.reference = candidate.reference;
  out.representation = search::representation_name(candidate.representation);
  if (!out.reference.empty()) return out;
  if (hello_.takes_flat) {
    out.flat.assign(candidate.genome.begin(), candidate.genome.end());
  } else if (space_) {
    out.text = search::genome_text(candidate.genome, *space_);
    out.values_json = values_json(candidate.genome, *space_);
  }
  return out;
}

// ---- the evaluator

std::string WorkerEvaluator::default_space(const std::string& representation) const {
  auto answer = as<protocol::SpaceText>(
      ask_any(protocol::AskSpace{representation}, patience(kNeverStops), logging(), 0),
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
  auto answer = as<protocol::References>(
      ask_any(protocol::AskReferences{}, patience(kNeverStops), logging(), 0), descriptor(),
      "while it was asked for references");
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
  if (is_set_aside(behaviour)) {
    warn_of_refine("it was set aside");
    return {};
  }
  auto answer = ask_any(protocol::Refine{wire(bred)}, patience(stop), logging(), behaviour);
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
  if (!descriptor().offers_probe || is_set_aside(behaviour)) {
    out.message = descriptor().offers_probe ? "it was set aside" : "the evaluator offers no probe";
    return out;
  }
  auto answer = as<protocol::ProbeAnswer>(
      ask_any(protocol::Probe{wire(candidate), seed}, patience(stop), logging(), behaviour),
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

/// Read with the same distrust as a module's own answer.
TrialResult WorkerEvaluator::judged(protocol::Result result, const TrialRequest& request,
                                    const Seen& seen) const {
  TrialResult out = std::move(result.trial);
  const auto& figures = info_.figures;
  const auto refuse = [&](Reason reason, std::string message) {
    std::string theirs = std::move(out.message);
    out = failed_trial(reason, std::move(message) + (theirs.empty() ? "" : ": " + theirs));
  };
  if (out.status == Status::kCancelled && !seen.stopped) {
    if (seen.pruned)
      out.status = Status::kPruned;
    else if (!seen.late)
      refuse(Reason::kEvaluatorError, "gave up though nobody had asked it to");
  }
  // By its own clock, too: waiting for a worker is no fault of the trial.
  const bool is_late = request.deadline.count() > 0 &&
                       out.seconds >= std::chrono::duration<double>(request.deadline).count();
  if (!seen.stopped && out.status != Status::kFailed && out.status != Status::kPruned &&
      (out.status == Status::kCancelled || is_late)) {
    out.message.clear();  // its clock's or our cancel's, whichever came first
    refuse(Reason::kDeadline, late_text(request.deadline));
  }
  if (out.status == Status::kOk && seen.pruned) out.status = Status::kPruned;
  if (out.status == Status::kFailed || out.status == Status::kCancelled) return out;
  const bool in_part = out.status != Status::kOk;
  if (!result.named_json.empty()) {
    auto named = figures_by_name(result.named_json, figures, in_part);
    if (!named) {
      refuse(Reason::kWrongShape, std::move(named.error()));
      return out;
    }
    out.figures = std::move(*named);
  }
  if (out.figures.size() != figures.size() && !(in_part && out.figures.empty())) {
    refuse(Reason::kWrongShape,
           fmt::format("gave {} figures instead of {}", out.figures.size(), figures.size()));
    return out;
  }
  out.figures.resize(figures.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < figures.size() && out.status == Status::kOk; ++i)
    if (must_be_finite(figures[i]) && !std::isfinite(out.figures[i])) {
      out.status = Status::kNonFinite;
      out.message = fmt::format("figure '{}' is {}", figures[i].name, out.figures[i]);
    }
  for (double& value : out.figures) value = tidied(value);
  return out;
}

TrialResult WorkerEvaluator::evaluate(const CandidateView& candidate, const TrialRequest& request,
                                      const std::atomic<bool>& stop) {
  const auto began = std::chrono::steady_clock::now();
  const std::uint64_t own = checksum_of(candidate);
  const std::uint64_t behaviour = request.behaviour ? request.behaviour->lo : own;
  TrialResult out;
  if (is_set_aside(behaviour) || is_set_aside(own))
    out = failed_trial(last_loss_of(is_set_aside(behaviour) ? behaviour : own),
                       fmt::format("was set aside: its like has cost {} workers", kMostAttempts));
  else
    out = tried(candidate, request, stop, behaviour);
  if (out.status == Status::kFailed || out.status == Status::kCancelled)
    out.figures.assign(info_.figures.size(), std::numeric_limits<double>::quiet_NaN());
  if (out.seconds == 0)
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return out;
}

TrialResult WorkerEvaluator::tried(const CandidateView& candidate, const TrialRequest& request,
                                   const std::atomic<bool>& stop, std::uint64_t behaviour) const {
  protocol::Evaluate question;
  question.candidate = wire(candidate);
  question.level = request.level;
  question.repeat = request.repeat;
  question.split = request.split;
  question.threads = std::max<std::uint32_t>(request.threads, 1);
  question.common_seed = request.common_seed;
  question.own_seed = request.own_seed;
  question.deadline = std::chrono::duration<double>(request.deadline).count();
  question.wants_control = static_cast<bool>(request.stops_at);
  std::vector<IntermediateValue> intermediate;
  ItemsSoFar items;
  Seen seen;
  const auto on_progress = [&](protocol::Body part) -> std::optional<protocol::Body> {
    if (auto* piece = std::get_if<protocol::ItemsPart>(&part)) items.add(std::move(*piece));
    auto* progress = std::get_if<protocol::Progress>(&part);
    if (!progress) return std::nullopt;
    if (!progress->named_json.empty())
      progress->figures = figures_by_name(progress->named_json, info_.figures, true)
                              .value_or(std::vector<double>());
    const bool fits = progress->figures.size() <= info_.figures.size();
    if (fits) keep(*progress, intermediate);
    if (!request.stops_at) return std::nullopt;
    // After the last step there is nothing left to save.
    const bool goes_on = progress->total == 0 || progress->step < progress->total;
    if (fits && goes_on && !progress->figures.empty())
      seen.pruned = seen.pruned || request.stops_at(progress->step, progress->figures);
    return protocol::Control{seen.pruned};
  };
  const auto forget = [&] {
    intermediate.clear();
    items = {};
    seen = {};
    if (request.starts_anew) request.starts_anew();
  };
  auto answer =
      ask_any(question, {request.deadline, &stop}, logging(on_progress), behaviour, forget);
  if (!answer) {
    NoAnswer& none = answer.error();
    TrialResult out = failed_trial(none.reason, none.message);
    out.log = std::move(none.log);
    if (none.was_stopped || none.is_no_worker) {
      out.status = Status::kCancelled;
      out.reason = Reason::kNone;
    }
    if (none.is_no_worker && !none.was_stopped) out.no_worker = std::move(none.message);
    return out;
  }
  if (const auto* failure = std::get_if<protocol::Failure>(&answer->body)) {
    TrialResult out = failed_trial(Reason::kEvaluatorError, failure->error.message);
    out.log = std::move(answer->log);
    return out;
  }
  auto& result = std::get<protocol::Result>(answer->body);
  seen.stopped = stop.load(std::memory_order_relaxed);
  // By our clock or its own, whichever came first.
  seen.late = answer->was_cancelled ||
              (request.deadline.count() > 0 &&
               result.trial.seconds >= std::chrono::duration<double>(request.deadline).count());
  if (!result.trial.intermediate.empty()) intermediate = std::move(result.trial.intermediate);
  if (result.trial.items.empty() && !items.are_too_many)
    result.trial.items = std::move(items.items);
  TrialResult out = judged(std::move(result), request, seen);
  std::erase_if(intermediate, [&](const IntermediateValue& value) {
    return value.figure >= info_.figures.size() || !std::isfinite(value.value);
  });
  intermediate.resize(std::min(intermediate.size(), RunningTrial::kMostIntermediate));
  out.intermediate = std::move(intermediate);
  if (out.status == Status::kFailed) out.log = std::move(answer->log);
  return out;
}

tl::expected<std::vector<Artefact>, EvaluatorError> WorkerEvaluator::apply(
    const CandidateView& candidate, const std::string& options_json, std::uint64_t common_seed) {
  if (!descriptor().offers_apply)
    return tl::unexpected(EvaluatorError{
        "", fmt::format("evaluator '{}' does not offer apply", descriptor().id), true});
  std::vector<Artefact> artefacts;
  std::string fault;
  std::size_t total = 0;
  const auto take = [&](protocol::Body part) -> std::optional<protocol::Body> {
    auto* piece = std::get_if<protocol::ArtefactPart>(&part);
    if (!piece || !fault.empty()) return std::nullopt;
    const auto has_name = [&](const Artefact& a) { return a.name == piece->name; };
    total += piece->content.size();
    if (!is_artefact_name(piece->name))
      fault = "wrote an artefact of a name that is not allowed";
    else if (total > kMostArtefactBytes)
      fault = "wrote more than 1 GiB of artefacts";
    else if (artefacts.empty() || !has_name(artefacts.back())) {
      if (std::ranges::any_of(artefacts, has_name)) fault = "wrote an artefact twice";
      if (artefacts.size() >= kMostArtefacts) fault = "wrote more than 10,000 artefacts";
      artefacts.push_back({piece->name, piece->media_type, ""});
    }
    if (!fault.empty()) return std::nullopt;
    artefacts.back().content.append(reinterpret_cast<const char*>(piece->content.data()),
                                    piece->content.size());
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
  if (!fault.empty())
    return tl::unexpected(
        EvaluatorError{"", fmt::format("evaluator '{}' {}", descriptor().id, fault), false});
  return artefacts;
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
