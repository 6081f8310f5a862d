#include "engine/plugins/workers/worker_pool.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/plugins/host_bridge.hpp"
#include "engine/plugins/instance_info.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/workers/program_answers.hpp"
#include "hashing/digest.hpp"

namespace equivolve::engine {
namespace {

/// Reading the data may take long, but not for ever.
constexpr std::chrono::minutes kPatienceToConfigure{60};
constexpr std::chrono::seconds kPatienceAtEnd{2};
constexpr std::size_t kMostArtefacts = std::size_t{1} << 30;  // bytes of all

bool is_tried_again(const WorkerLoss& loss) {
  return !loss.was_stopped && loss.reason != Reason::kDeadline;
}

EvaluatorError lost(const EvaluatorDescriptor& descriptor, const char* when,
                    const WorkerLoss& loss) {
  return {"", one_line(fmt::format("evaluator '{}' {} {}", descriptor.id, when, loss.message)),
          false};
}

/// The answer, if it is of the kind that was asked for.
template <class Wanted>
tl::expected<Wanted, EvaluatorError> as(tl::expected<protocol::Body, WorkerLoss> answer,
                                        const EvaluatorDescriptor& descriptor, const char* when) {
  if (!answer) return tl::unexpected(lost(descriptor, when, answer.error()));
  if (auto* wanted = std::get_if<Wanted>(&*answer)) return std::move(*wanted);
  if (auto* failure = std::get_if<protocol::Failure>(&*answer))
    return tl::unexpected(std::move(failure->error));
  return tl::unexpected(EvaluatorError{
      "",
      fmt::format("evaluator '{}' {} gave another answer than was asked for", descriptor.id, when),
      false});
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

TrialResult failed_trial(Reason reason, std::string message) {
  TrialResult out;
  out.status = Status::kFailed;
  out.reason = reason;
  out.message = std::move(message);
  return out;
}

}  // namespace

// ---- workers

WorkerPool::WorkerPool(std::shared_ptr<WorkerStarter> starter, protocol::HelloOk hello,
                       const std::string& config_json, const CreateOptions& options)
    : starter_(std::move(starter)),
      hello_(std::move(hello)),
      config_json_(config_json),
      options_(options) {}

WorkerPool::~WorkerPool() {
  for (const Leased& worker : idle_) worker->process.say_goodbye();
  for (const Leased& worker : idle_) worker->process.wait_for_end(kPatienceAtEnd);
}

tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> WorkerPool::create(
    std::shared_ptr<WorkerStarter> starter, WorkerStarter::Greeted first,
    const std::string& config_json, const CreateOptions& options) {
  std::unique_ptr<WorkerPool> pool(
      new WorkerPool(std::move(starter), std::move(first.hello), config_json, options));
  auto worker = std::make_unique<Worker>(Worker{std::move(first.process), first.slot});
  auto info = pool->configure(*worker, true);
  if (!info) {
    pool->drop(std::move(worker));
    return tl::unexpected(std::move(info.error()));
  }
  pool->info_ = std::move(*info);
  pool->give_back(std::move(worker));
  return std::unique_ptr<Evaluator>(std::move(pool));
}

/// What further workers say of the data the first one has said already.
tl::expected<EvaluatorInfo, EvaluatorError> WorkerPool::configure(Worker& worker,
                                                                  bool is_first) const {
  protocol::Configure question;
  question.config_json = config_json_;
  question.mantissa_bits = static_cast<std::uint32_t>(options_.mantissa_bits);
  question.grid = options_.grid;
  const char* when = "while it read its data";
  auto said =
      as<protocol::Info>(worker.process.ask(std::move(question), {kPatienceToConfigure, nullptr},
                                            is_first ? logging() : WorkerProcess::OnPart()),
                         descriptor(), when);
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

tl::expected<void, EvaluatorError> WorkerPool::bind(Worker& worker) const {
  auto done = as<protocol::Done>(
      worker.process.ask(protocol::Bind{space_json_}, {kPatienceToConfigure, nullptr}, logging()),
      descriptor(), "while its space was bound");
  if (!done) return tl::unexpected(std::move(done.error()));
  return {};
}

tl::expected<WorkerPool::Leased, EvaluatorError> WorkerPool::fresh() const {
  auto greeted = starter_->start();
  if (!greeted) return tl::unexpected(std::move(greeted.error()));
  auto worker = std::make_unique<Worker>(Worker{std::move(greeted->process), greeted->slot});
  auto ready = [&]() -> tl::expected<void, EvaluatorError> {
    if (auto info = configure(*worker, false); !info) return tl::unexpected(info.error());
    if (space_) return bind(*worker);
    return {};
  }();
  if (ready) return worker;
  drop(std::move(worker));
  return tl::unexpected(std::move(ready.error()));
}

tl::expected<WorkerPool::Leased, EvaluatorError> WorkerPool::lease() const {
  while (true) {
    Leased worker;
    {
      const std::lock_guard guard(lock_);
      if (idle_.empty()) break;
      worker = std::move(idle_.back());  // the one used last: its memory is warm
      idle_.pop_back();
    }
    if (worker->process.is_alive()) return worker;
    drop(std::move(worker));
  }
  return fresh();
}

/// One that has grown close to its limit would be lost in a trial: it ends here instead.
void WorkerPool::give_back(Leased worker) const {
  const std::uint64_t limit = worker->process.memory_limit();
  if (limit > 0 && worker->process.memory_in_use() > limit / 10 * 8) {
    worker->process.say_goodbye();
    worker->process.wait_for_end(kPatienceAtEnd);
    return drop(std::move(worker));
  }
  const std::lock_guard guard(lock_);
  idle_.push_back(std::move(worker));
}

void WorkerPool::drop(Leased worker) const {
  const std::uint32_t slot = worker->slot;
  worker.reset();
  starter_->free_slot(slot);
}

// ---- asking

void WorkerPool::log(int severity, std::string_view text) const {
  const std::lock_guard guard(log_lock_);
  if (options_.log)
    options_.log(severity, text);
  else
    std::fprintf(stderr, "%s: %s\n", descriptor().id.c_str(), std::string(text).c_str());
}

WorkerProcess::OnPart WorkerPool::logging(WorkerProcess::OnPart others) const {
  return [this, others = std::move(others)](protocol::Body part) -> std::optional<protocol::Body> {
    if (const auto* line = std::get_if<protocol::Log>(&part)) {
      log(static_cast<int>(line->severity), line->text);
      return std::nullopt;
    }
    return others ? others(std::move(part)) : std::nullopt;
  };
}

bool WorkerPool::is_set_aside(std::uint64_t behaviour) const {
  const std::lock_guard guard(lock_);
  const auto found = losses_.find(behaviour);
  return found != losses_.end() && found->second.count >= kMostAttempts;
}

Reason WorkerPool::last_loss_of(std::uint64_t behaviour) const {
  const std::lock_guard guard(lock_);
  const auto found = losses_.find(behaviour);
  return found == losses_.end() ? Reason::kCrash : found->second.last;
}

tl::expected<protocol::Body, WorkerLoss> WorkerPool::ask_any(
    const protocol::Body& question, const Patience& patience, const WorkerProcess::OnPart& on_part,
    std::uint64_t behaviour, const std::function<void()>& again) const {
  WorkerLoss loss;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    if (attempt > 0 && again) again();
    // An idle worker may have been harmed by what it did before.
    auto worker = attempt == 0 ? lease() : fresh();
    if (!worker) {
      loss = {Reason::kLostWorker, false, std::move(worker.error().message), ""};
      continue;
    }
    auto answer = (*worker)->process.ask(question, patience, on_part);
    if (answer) {
      give_back(std::move(*worker));
      return answer;
    }
    drop(std::move(*worker));
    loss = std::move(answer.error());
    if (!is_tried_again(loss)) break;
    const std::lock_guard guard(lock_);
    Losses& losses = losses_[behaviour];
    ++losses.count;
    losses.last = loss.reason;
  }
  return tl::unexpected(std::move(loss));
}

protocol::WireCandidate WorkerPool::wire(const CandidateView& candidate) const {
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

std::string WorkerPool::default_space(const std::string& representation) const {
  auto answer =
      as<protocol::SpaceText>(ask_any(protocol::AskSpace{representation},
                                      {starter_->settings().deadline, nullptr}, logging(), 0),
                              descriptor(), "");
  return answer ? answer->space_json : "{}";
}

tl::expected<void, EvaluatorError> WorkerPool::bind_space(
    std::shared_ptr<const search::Space> space, const std::string& space_json) {
  space_ = nullptr;
  auto worker = lease();
  if (!worker) return tl::unexpected(std::move(worker.error()));
  space_json_ = space_json;
  if (auto bound = bind(**worker); !bound) {
    drop(std::move(*worker));
    return bound;
  }
  space_ = std::move(space);
  // Workers that know of another space start anew.
  std::vector<Leased> others;
  {
    const std::lock_guard guard(lock_);
    others.swap(idle_);
  }
  for (Leased& other : others) drop(std::move(other));
  give_back(std::move(*worker));
  return {};
}

std::vector<ReferenceCandidate> WorkerPool::reference_candidates() const {
  auto answer = as<protocol::References>(
      ask_any(protocol::AskReferences{}, {starter_->settings().deadline, nullptr}, logging(), 0),
      descriptor(), "while it was asked for references");
  if (answer) return std::move(answer->references);
  log(EQV_LOG_WARNING,
      fmt::format("its reference candidates are left out: {}", answer.error().message));
  return {};
}

std::vector<std::byte> WorkerPool::refine(const CandidateView& bred) {
  const std::uint64_t behaviour = hashing::checksum64(bred.genome);
  if (is_set_aside(behaviour)) return {};
  auto answer =
      as<protocol::Refined>(ask_any(protocol::Refine{wire(bred)},
                                    {starter_->settings().deadline, nullptr}, logging(), behaviour),
                            descriptor(), "");
  if (!answer || answer->flat.empty()) return {};
  // Another process's bytes are looked at before anybody breeds from them.
  if (!space_ || !search::check_genome(answer->flat, *space_)) return {};
  return std::move(answer->flat);
}

ProbeResult WorkerPool::probe(const CandidateView& candidate, std::uint64_t seed) {
  ProbeResult out;
  const std::uint64_t behaviour = hashing::checksum64(candidate.genome);
  if (!descriptor().offers_probe || is_set_aside(behaviour)) {
    out.message = descriptor().offers_probe ? "it was set aside" : "the evaluator offers no probe";
    return out;
  }
  auto answer = as<protocol::ProbeAnswer>(
      ask_any(protocol::Probe{wire(candidate), seed}, {starter_->settings().deadline, nullptr},
              logging(), behaviour),
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
TrialResult WorkerPool::judged(protocol::Result result, const TrialRequest& request,
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

TrialResult WorkerPool::evaluate(const CandidateView& candidate, const TrialRequest& request,
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

TrialResult WorkerPool::tried(const CandidateView& candidate, const TrialRequest& request,
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
  Seen seen;
  const auto on_progress = [&](protocol::Body part) -> std::optional<protocol::Body> {
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
  const auto began = std::chrono::steady_clock::now();
  const auto forget = [&] {
    intermediate.clear();
    seen = {};
  };
  auto answer =
      ask_any(question, {request.deadline, &stop}, logging(on_progress), behaviour, forget);
  if (!answer && answer.error().was_stopped) {
    TrialResult out;
    out.status = Status::kCancelled;
    out.message = std::move(answer.error().message);
    return out;
  }
  if (!answer) return failed_trial(answer.error().reason, std::move(answer.error().message));
  if (const auto* failure = std::get_if<protocol::Failure>(&*answer))
    return failed_trial(Reason::kEvaluatorError, failure->error.message);
  auto* result = std::get_if<protocol::Result>(&*answer);
  if (!result) return failed_trial(Reason::kProtocol, "gave another answer than was asked for");
  seen.stopped = stop.load(std::memory_order_relaxed);
  seen.late =
      request.deadline.count() > 0 && std::chrono::steady_clock::now() - began >= request.deadline;
  if (!result->trial.intermediate.empty()) intermediate = std::move(result->trial.intermediate);
  TrialResult out = judged(std::move(*result), request, seen);
  std::erase_if(intermediate, [&](const IntermediateValue& value) {
    return value.figure >= info_.figures.size() || !std::isfinite(value.value);
  });
  intermediate.resize(std::min(intermediate.size(), RunningTrial::kMostIntermediate));
  out.intermediate = std::move(intermediate);
  return out;
}

tl::expected<std::vector<Artefact>, EvaluatorError> WorkerPool::apply(
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
    else if (total > kMostArtefacts)
      fault = "wrote more than 1 GiB of artefacts";
    else if (artefacts.empty() || !has_name(artefacts.back())) {
      if (std::ranges::any_of(artefacts, has_name)) fault = "wrote an artefact twice";
      artefacts.push_back({piece->name, piece->media_type, ""});
    }
    if (!fault.empty()) return std::nullopt;
    artefacts.back().content.append(reinterpret_cast<const char*>(piece->content.data()),
                                    piece->content.size());
    return std::nullopt;
  };
  auto worker = lease();
  if (!worker) return tl::unexpected(std::move(worker.error()));
  auto answer = (*worker)->process.ask(protocol::Apply{wire(candidate), options_json, common_seed},
                                       {starter_->settings().deadline, nullptr}, logging(take));
  const bool is_there = answer.has_value();
  auto done = as<protocol::Done>(std::move(answer), descriptor(), "while it was applied");
  if (is_there)
    give_back(std::move(*worker));
  else
    drop(std::move(*worker));
  if (!done) return tl::unexpected(std::move(done.error()));
  if (!fault.empty())
    return tl::unexpected(
        EvaluatorError{"", fmt::format("evaluator '{}' {}", descriptor().id, fault), false});
  return artefacts;
}

}  // namespace equivolve::engine
