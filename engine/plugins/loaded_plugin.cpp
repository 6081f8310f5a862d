#include "engine/plugins/loaded_plugin.hpp"

#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "engine/plugins/artefact_collector.hpp"
#include "engine/plugins/genome_collector.hpp"
#include "engine/plugins/instance_info.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/probe_sink.hpp"
#include "engine/plugins/raw_candidate.hpp"
#include "engine/plugins/reference_list.hpp"
#include "engine/plugins/text_collector.hpp"
#include "engine/plugins/trial_outcome.hpp"
#include "search/genome/equivolve_genome.h"

namespace equivolve::engine {
namespace {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, as the interface has it

eqv_text text_of(const std::string& text) {
  return {text.c_str(), text.size()};
}

template <std::size_t N>
std::string text_in(const char (&field)[N]) {
  return one_line({field, strnlen(field, N)});
}

EvaluatorError error_of(int status, const eqv_error& raw) {
  EvaluatorError error{text_in(raw.json_pointer), text_in(raw.message), false};
  if (error.message.empty()) error.message = status_text(status);
  // Whoever points at a value, or says that it does not support what was asked, was asked for
  // something wrong.
  error.bad_input =
      !error.json_pointer.empty() || status == EQV_UNSUPPORTED || status == EQV_INVALID_CANDIDATE;
  return error;
}

EvaluatorError error_in_module(const ModuleTable& module, const std::string& what) {
  return {"",
          fmt::format("evaluator '{}' ({}) {}", module.descriptor.id, module.file.string(), what),
          false};
}

std::uint64_t nanoseconds_of(Clock::time_point time) {
  if (time == Clock::time_point::max()) return 0;
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

eqv_trial_request raw_request(const TrialRequest& request, const RunningTrial& trial) {
  eqv_trial_request raw{};
  raw.struct_size = sizeof raw;
  raw.trial = trial.number;
  raw.level = request.level;
  raw.repeat = request.repeat;
  raw.split = request.split;
  raw.threads = trial.threads;
  raw.common_seed = request.common_seed;
  raw.own_seed = request.own_seed;
  raw.deadline_ns = nanoseconds_of(trial.deadline);
  raw.scratch = {"", 0};
  return raw;
}

Status probe_status(int status) {
  switch (status) {
    case EQV_OK:
      return Status::kOk;
    case EQV_INFEASIBLE:
      return Status::kInfeasible;
    case EQV_NON_FINITE:
      return Status::kNonFinite;
    default:
      return Status::kFailed;
  }
}

}  // namespace

// Calls into the module: nothing comes out of it but a status. What was thrown against the rules
// becomes EQV_INTERNAL.
template <class Call>
int LoadedPlugin::guarded(const char* what, std::string& message, Call call) const {
  const FloatingPointState state;
  int status = EQV_INTERNAL;
  try {
    status = call();
  } catch (const std::exception& e) {
    message = one_line(fmt::format("threw an exception through the C interface: {}", e.what()));
  } catch (...) {
    message = "threw an exception through the C interface";
  }
  if (state.restore() && !warned_of_mode_.exchange(true))
    bridge_.log(EQV_LOG_WARNING,
                fmt::format("{} changed the floating-point mode; it was put back", what));
  return status;
}

LoadedPlugin::LoadedPlugin(const ModuleTable& module, const CreateOptions& options)
    : module_(module), bridge_(module.descriptor.id, options.log) {}

LoadedPlugin::~LoadedPlugin() {
  if (!handle_) return;
  std::string ignored;
  guarded("destroy", ignored, [&] { return module_.functions.destroy(handle_), 0; });
}

int LoadedPlugin::call_create(const std::string& config_json, EvaluatorError& error) {
  eqv_error raw{};
  raw.struct_size = sizeof raw;
  std::string thrown;
  const int status = guarded("create", thrown, [&] {
    return module_.functions.create(bridge_.table(), text_of(config_json), &handle_, &raw);
  });
  if (status != EQV_OK) handle_ = nullptr;
  error = thrown.empty() ? error_of(status, raw) : error_in_module(module_, thrown);
  if (locale_.restore())
    bridge_.log(EQV_LOG_WARNING, "create changed the process's locale; it was put back");
  return status;
}

tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> LoadedPlugin::create(
    const ModuleTable& module, const std::string& config_json, const CreateOptions& options) {
  std::unique_ptr<LoadedPlugin> plugin(new LoadedPlugin(module, options));
  EvaluatorError error;
  if (plugin->call_create(config_json, error) != EQV_OK) return tl::unexpected(std::move(error));
  if (!plugin->handle_) return tl::unexpected(error_in_module(module, "made no handle"));

  tl::expected<EvaluatorInfo, std::string> info = EvaluatorInfo{};
  std::string thrown;
  plugin->guarded("instance_info", thrown, [&] {
    info = read_instance_info(module.functions.instance_info(plugin->handle_),
                              {options.mantissa_bits, options.grid});
    return 0;
  });
  if (!thrown.empty()) info = tl::unexpected(thrown);
  if (!info) return tl::unexpected(error_in_module(module, info.error()));
  plugin->info_ = std::move(*info);
  // A wish without the function behind it is none.
  if (!module.functions.refine) plugin->info_.refines_genomes = false;
  const auto& figures = plugin->info_.figures;
  while (figures[plugin->first_objective_].role != Role::kObjective) ++plugin->first_objective_;
  return std::unique_ptr<Evaluator>(std::move(plugin));
}

std::unique_lock<std::mutex> LoadedPlugin::enter() {
  return descriptor().thread_safe ? std::unique_lock<std::mutex>()
                                  : std::unique_lock<std::mutex>(one_at_a_time_);
}

std::string LoadedPlugin::default_space(const std::string& representation) const {
  const auto known = search::representation_named(representation);
  if (!module_.functions.default_space || !known) return "{}";
  TextCollector text;
  std::string thrown;
  const int status = guarded("default_space", thrown, [&] {
    return module_.functions.default_space(handle_, static_cast<std::uint32_t>(*known),
                                           text.sink());
  });
  return status == EQV_OK && !text.overflowed() ? text.text() : "{}";
}

tl::expected<void, EvaluatorError> LoadedPlugin::bind_space(
    std::shared_ptr<const search::Space> space, const std::string& space_json) {
  space_ = std::move(space);
  known_probes_.clear();
  if (!module_.functions.bind_space) return {};
  eqv_error raw{};
  raw.struct_size = sizeof raw;
  std::string thrown;
  const int status = guarded("bind_space", thrown, [&] {
    return module_.functions.bind_space(handle_, text_of(space_json), &raw);
  });
  if (!thrown.empty()) return tl::unexpected(error_in_module(module_, thrown));
  if (status != EQV_OK) return tl::unexpected(error_of(status, raw));
  return {};
}

std::vector<ReferenceCandidate> LoadedPlugin::reference_candidates() const {
  if (!module_.functions.reference_candidates) return {};
  TextCollector text;
  std::string thrown;
  guarded("reference_candidates", thrown,
          [&] { return module_.functions.reference_candidates(handle_, text.sink()), 0; });
  auto references = read_references(text.text());
  if (references && thrown.empty()) return within_space(std::move(*references));
  bridge_.log(EQV_LOG_WARNING, fmt::format("its reference candidates are left out: {}",
                                           thrown.empty() ? references.error() : thrown));
  return {};
}

std::vector<ReferenceCandidate> LoadedPlugin::within_space(
    std::vector<ReferenceCandidate> references) const {
  if (!space_) return references;
  std::erase_if(references, [&](const ReferenceCandidate& r) {
    if (r.genome_text.empty()) return false;
    const auto genome = search::parse_genome(r.genome_text, *space_);
    if (!genome)
      bridge_.log(EQV_LOG_WARNING,
                  fmt::format("its reference candidate '{}' is left out: it does not lie in the "
                              "space, {}",
                              r.name, genome.error().message));
    return !genome;
  });
  return references;
}

std::vector<std::byte> LoadedPlugin::refine(const CandidateView& bred, const std::atomic<bool>&) {
  const RawCandidate raw(bred, space_.get());
  GenomeCollector collector;
  std::string fault;
  int status = EQV_INTERNAL;
  {
    const auto turn = enter();
    status = guarded("refine", fault, [&] {
      return module_.functions.refine(handle_, raw.get(), collector.sink());
    });
  }
  std::vector<std::byte> refined = collector.take();
  if (status != EQV_OK) {
    if (fault.empty()) fault = status_text(status);
  } else if (collector.spoilt()) {
    fault = "put no genome, or one of more than 16 MiB, into its place";
  } else if (refined.empty()) {
    return refined;
  } else if (const auto fits = search::check_genome(refined, *space_); !fits) {
    fault = "put a genome into its place that does not lie in the space: " + fits.error().message;
  } else {
    return refined;
  }
  if (!warned_of_refine_.exchange(true))
    bridge_.log(EQV_LOG_WARNING,
                fmt::format("refine failed on a candidate, which stays as it was bred: {}", fault));
  return {};
}

ProbeResult LoadedPlugin::probe(const CandidateView& candidate, std::uint64_t seed,
                                const std::atomic<bool>&) {
  ProbeResult out;
  if (!descriptor().offers_probe) {
    out.message = "the evaluator offers no probe";
    return out;
  }
  const RawCandidate raw(candidate, space_.get());
  const eqv_probe_request request{sizeof(eqv_probe_request), seed};
  ProbeSink sink(info_.sink, &known_probes_, seed);
  int status = EQV_INTERNAL;
  {
    const auto turn = enter();
    status = guarded("probe", out.message, [&] {
      return module_.functions.probe(handle_, raw.get(), &request, sink.sink());
    });
  }
  out.status = probe_status(status);
  if (std::string fault = sink.fault(); !fault.empty() && out.status == Status::kOk) {
    out.status = Status::kFailed;
    out.message = std::move(fault);
  }
  if (out.status == Status::kOk)
    out.digest = sink.finish();
  else if (out.message.empty())
    out.message = status_text(status);
  return out;
}

TrialResult LoadedPlugin::evaluate(const CandidateView& candidate, const TrialRequest& request,
                                   const std::atomic<bool>& stop) {
  const RawCandidate raw(candidate, space_.get());
  FigureBuffer buffer(info_.figures.size());
  RunningTrial trial;
  trial.number = bridge_.new_number();
  trial.split = request.split;
  trial.threads = std::max<std::uint32_t>(request.threads, 1);
  trial.figure_count = info_.figures.size();
  trial.first_objective = first_objective_;
  trial.stop = &stop;
  trial.stops_at = &request.stops_at;

  std::string thrown;
  int status = EQV_INTERNAL;
  Clock::duration spent{};
  {
    const auto turn = enter();
    const HostBridge::Registration registration(bridge_, trial);
    // The time spent waiting for one's turn is not the candidate's.
    const Clock::time_point start = Clock::now();
    if (request.deadline.count() > 0) trial.deadline = start + request.deadline;
    const eqv_trial_request raw_trial = raw_request(request, trial);
    status = guarded("evaluate", thrown, [&] {
      return module_.functions.evaluate(handle_, raw.get(), &raw_trial, buffer.result());
    });
    spent = Clock::now() - start;
  }
  if (!tried_.load(std::memory_order_relaxed) && !tried_.exchange(true)) check_first_trial();
  TrialResult out = judge_trial(status, buffer, info_.figures, trial, request.deadline);
  if (!thrown.empty()) out.message = std::move(thrown);
  out.items = std::move(trial.items);
  out.intermediate = std::move(trial.intermediate);
  out.seconds = std::chrono::duration<double>(spent).count();
  return out;
}

void LoadedPlugin::check_first_trial() {
  if (locale_.restore())
    bridge_.log(EQV_LOG_WARNING, "evaluate changed the process's locale; it was put back");
}

tl::expected<std::vector<Artefact>, EvaluatorError> LoadedPlugin::apply(
    const CandidateView& candidate, const std::string& options_json, std::uint64_t common_seed) {
  if (!descriptor().offers_apply)
    return tl::unexpected(EvaluatorError{
        "", fmt::format("evaluator '{}' does not offer apply", descriptor().id), true});
  const RawCandidate raw(candidate, space_.get());
  const eqv_apply_request request{sizeof(eqv_apply_request), text_of(options_json), common_seed, 1};
  ArtefactCollector artefacts;
  eqv_error raw_error{};
  raw_error.struct_size = sizeof raw_error;
  std::string thrown;
  int status = EQV_INTERNAL;
  {
    const auto turn = enter();
    status = guarded("apply", thrown, [&] {
      return module_.functions.apply(handle_, raw.get(), &request, artefacts.sink(), &raw_error);
    });
  }
  if (!thrown.empty()) return tl::unexpected(error_in_module(module_, thrown));
  if (status != EQV_OK) return tl::unexpected(error_of(status, raw_error));
  if (std::string fault = artefacts.fault(); !fault.empty())
    return tl::unexpected(error_in_module(module_, fault));
  return artefacts.take();
}

}  // namespace equivolve::engine
