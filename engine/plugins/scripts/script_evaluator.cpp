#include "engine/plugins/scripts/script_evaluator.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/plugins/command_files.hpp"
#include "engine/plugins/host_bridge.hpp"
#include "engine/plugins/kept_log.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/scripts/command_template.hpp"
#include "engine/processes/scratch_folder.hpp"
#include "engine/processes/shell_text.hpp"
#include "engine/processes/supervised_run.hpp"
#include "search/genome/nearest_name.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;

/// What a placeholder may be beside the parameters.
const std::vector<std::string>& other_names() {
  static const std::vector<std::string> names{"scratch", "seed", "threads"};
  return names;
}

class ScriptModule final : public PluginModule {
 public:
  const EvaluatorDescriptor& descriptor() const override { return descriptor_; }
  const fs::path& file() const override { return file_; }
  std::string config_schema() const override { return script_schema(); }
  std::string apply_schema() const override {
    return R"({"type": "object", "additionalProperties": false, "properties": {}})";
  }
  tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> create(
      const std::string& config_json, const CreateOptions& options) override {
    return ScriptEvaluator::create(config_json, options.launch);
  }

 private:
  const EvaluatorDescriptor descriptor_ = script_descriptor();
  const fs::path file_ = "(built in)";
};

/// The files that arguments are, or name behind a '=': with another training script fitness is
/// another.
hashing::Digest digest_of_files(const ScriptSettings& settings) {
  std::string all;
  for (const ArgumentGroup& group : settings.command)
    for (const std::string& argument : group) {
      all += identity_of(settings.folder / argument);
      if (const std::size_t equal = argument.find('='); equal != std::string::npos)
        all += identity_of(settings.folder / argument.substr(equal + 1));
    }
  return hashing::digest_bytes(std::as_bytes(std::span(all)));
}

EvaluatorError command_fault(std::string message) {
  return {"/options/command", std::move(message), true};
}

/// All placeholders.
tl::expected<std::vector<std::string>, EvaluatorError> names_in(
    const std::vector<ArgumentGroup>& command) {
  std::vector<std::string> all;
  for (const ArgumentGroup& group : command)
    for (const std::string& argument : group) {
      auto names = placeholders_of(argument);
      if (!names)
        return tl::unexpected(
            command_fault(fmt::format("'{}' {}", one_line(argument, 80), names.error())));
      all.insert(all.end(), names->begin(), names->end());
    }
  return all;
}

/// Of a program that did not end well.
TrialResult failed(Reason reason, const std::string& message, const std::string& log = "") {
  const std::string last = last_line_of(log);
  return failed_trial(reason, one_line(last.empty() ? message : message + ": " + last));
}

/// It was ended by a signal: the next one may not be.
bool may_be_tried_again(const TrialResult& result) {
  return result.status == Status::kFailed &&
         (result.reason == Reason::kCrash || result.reason == Reason::kMemory);
}

void add_intermediate(TrialResult& result, const LineFigures& told) {
  for (std::size_t i = 0; i < told.figures.size(); ++i)
    if (std::isfinite(told.figures[i]) &&
        result.intermediate.size() < RunningTrial::kMostIntermediate)
      result.intermediate.push_back({*told.step, static_cast<std::uint32_t>(i), told.figures[i]});
}

/// "" where all objectives and constraints are finite.
std::string not_finite(const std::vector<NamedFigure>& figures, const std::vector<double>& values) {
  const auto decides = [](const NamedFigure& figure) {
    return figure.role == Role::kObjective || figure.role == Role::kConstraint;
  };
  for (std::size_t i = 0; i < figures.size(); ++i)
    if (decides(figures[i]) && !std::isfinite(values[i]))
      return fmt::format("figure '{}' is {}", figures[i].name, values[i]);
  return "";
}

/// What became of a trial of which `output` is all.
TrialResult outcome_of(const SupervisedEnd& end, const ScriptOutput& output,
                       const std::vector<NamedFigure>& figures, const TrialRequest& request,
                       const LaunchSettings& launch) {
  const std::uint64_t memory = launch.memory;
  TrialResult result;
  if (end.by == EndedBy::kStop) {
    result.status = Status::kCancelled;
    result.message = "the run was stopped";
    return result;
  }
  if (end.by == EndedBy::kDeadline)
    return failed(Reason::kDeadline,
                  fmt::format("took longer than {:g} s; allow more with the key evaluator.deadline",
                              std::chrono::duration<double>(request.deadline).count()));
  if (const std::string spent = cpu_time_text(end.end, launch.cpu_seconds); !spent.empty())
    return failed(Reason::kDeadline, spent, end.log);
  // As of workers: code and stacks take a part of the limit that is never resident.
  if (memory > 0 && end.end.peak_memory >= memory / 2 &&
      (end.end.signal != 0 || end.end.exit_code != 0))
    return failed(Reason::kMemory,
                  fmt::format("{} when it had {} MiB of the {} {}", end_text(end.end),
                              end.end.peak_memory >> 20, memory >> 20, kMemoryKeySays),
                  end.log);
  if (end.end.signal != 0) return failed(Reason::kCrash, end_text(end.end), end.log);
  if (end.end.exit_code != 0) return failed(Reason::kEvaluatorError, end_text(end.end), end.log);
  const auto values = output.figures();
  if (!values)
    return failed(Reason::kWrongShape,
                  fmt::format("printed no {}; its last line is '{}'", output.missing(),
                              one_line(output.last_line(), 100)));
  result.message = not_finite(figures, *values);
  result.status = result.message.empty() ? Status::kOk : Status::kNonFinite;
  for (double value : *values) result.figures.push_back(value + 0.0);  // -0 and 0 are one
  return result;
}

}  // namespace

EvaluatorDescriptor script_descriptor() {
  EvaluatorDescriptor descriptor;
  descriptor.id = kScriptId;
  descriptor.version = "1";
  descriptor.summary = "any program, started once a trial with the parameters filled in";
  descriptor.thread_safe = true;
  descriptor.offers_apply = true;
  descriptor.representations = {"configuration"};
  return descriptor;
}

std::unique_ptr<PluginModule> script_module() {
  return std::make_unique<ScriptModule>();
}

ScriptEvaluator::ScriptEvaluator(ScriptSettings settings, std::vector<std::string> names,
                                 const LaunchSettings& launch)
    : settings_(std::move(settings)),
      launch_(launch),
      names_(std::move(names)),
      patterns_(settings_),
      descriptor_(script_descriptor()) {
  descriptor_.deterministic = settings_.deterministic;
  info_.figures = settings_.figures;
  for (NamedFigure& figure : info_.figures) figure.reproducible = settings_.deterministic;
  info_.levels = {{"full", 1, false}};
  info_.typical_seconds = 1;
  info_.data_digest = digest_of_files(settings_);
}

tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> ScriptEvaluator::create(
    const std::string& config_json, const LaunchSettings& launch) {
  auto settings = read_script_settings(config_json);
  if (!settings) return tl::unexpected(std::move(settings.error()));
  auto names = names_in(settings->command);
  if (!names) return tl::unexpected(std::move(names.error()));
  std::error_code error;
  if (!settings->folder.empty() && !fs::is_directory(settings->folder, error))
    return tl::unexpected(
        EvaluatorError{"/options/folder", "there is no folder " + settings->folder.string(), true});
  return std::unique_ptr<Evaluator>(
      new ScriptEvaluator(std::move(*settings), std::move(*names), launch));
}

tl::expected<void, EvaluatorError> ScriptEvaluator::bind_space(
    std::shared_ptr<const search::Space> space, const std::string&) {
  const auto& configurations = std::get<search::ConfigurationSpace>(*space);
  std::vector<std::string> known;
  for (const search::Parameter& p : configurations.parameters) known.push_back(p.name);
  known.insert(known.end(), other_names().begin(), other_names().end());
  for (const std::string& argument : settings_.command.front())
    for (const search::Parameter& p : configurations.parameters)
      if (!p.when.empty() && argument.find('{' + p.name + '}') != std::string::npos)
        return tl::unexpected(EvaluatorError{
            "",
            fmt::format("options.command begins with {{{}}}, which is not always active; expected "
                        "the program itself, or a parameter without conditions",
                        p.name),
            true});
  for (const std::string& name : names_)
    if (std::ranges::find(known, name) == known.end())
      return tl::unexpected(EvaluatorError{
          "",
          fmt::format("options.command names {{{}}}; expected {}{}", one_line(name, 80),
                      fmt::join(known, ", "), search::suggestion(name, known)),
          true});
  space_ = std::move(space);
  return {};
}

ProbeResult ScriptEvaluator::probe(const CandidateView&, std::uint64_t, const std::atomic<bool>&) {
  ProbeResult result;
  result.message = "scripts have no probe";
  return result;
}

bool ScriptEvaluator::uses(const std::string& name) const {
  return std::ranges::find(names_, name) != names_.end();
}

std::vector<std::string> ScriptEvaluator::command_for(
    const CandidateView& candidate, const std::map<std::string, std::string>& others) const {
  const auto& space = std::get<search::ConfigurationSpace>(*space_);
  const search::ConfigurationView view(candidate.genome, space);
  return filled_command(settings_.command, [&](const std::string& name) {
    const auto position = search::position_of(space, name);
    if (!position) return std::optional<std::string>(others.at(name));
    if (!view.is_active(name)) return std::optional<std::string>();
    if (const auto choice = view.choice_of(name)) return std::optional<std::string>(*choice);
    return std::optional<std::string>(
        search::value_text(space.parameters[*position], *view.number_of(name)));
  });
}

ChildSettings ScriptEvaluator::child_for(const CandidateView& candidate,
                                         const TrialRequest& request, const std::string& scratch,
                                         std::uint32_t slot) const {
  const std::string threads = std::to_string(request.threads);
  const std::string seed = std::to_string(request.own_seed % (std::uint64_t{1} << 31));
  ChildSettings child;
  child.command =
      command_for(candidate, {{"seed", seed}, {"threads", threads}, {"scratch", scratch}});
  child.command.insert(child.command.begin(), launch_.launcher.begin(), launch_.launcher.end());
  child.folder = settings_.folder;
  child.memory = launch_.memory;
  child.cpu_seconds = launch_.cpu_seconds;
  child.open_files = launch_.open_files;
  const auto set_unless_set = [&child](const char* name, const std::string& value) {
    if (std::getenv(name) == nullptr) child.environment.emplace_back(name, value);
  };
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"})
    set_unless_set(name, threads);
  set_unless_set("PYTHONUNBUFFERED", "1");  // steps are to be seen when they come
  for (const auto& [name, value] : launch_.environment)
    child.environment.emplace_back(name, with_slot(value, slot));
  child.environment.insert(child.environment.end(), settings_.environment.begin(),
                           settings_.environment.end());
  return child;
}

TrialResult ScriptEvaluator::evaluate(const CandidateView& candidate, const TrialRequest& request,
                                      const std::atomic<bool>& stop) {
  const Behaviours behaviours = behaviours_of(candidate, request.behaviour);
  if (auto set_aside = losses_.result_of(behaviours)) {
    set_aside->figures.assign(info_.figures.size(), std::numeric_limits<double>::quiet_NaN());
    return std::move(*set_aside);
  }
  for (int attempt = 1;; ++attempt) {
    TrialResult result = try_once(candidate, request, stop);
    if (!may_be_tried_again(result)) return result;
    losses_.count_loss(behaviours.of_class, result.reason);
    if (attempt == kMostAttempts) return result;
    if (request.starts_anew) request.starts_anew();
  }
}

void ScriptEvaluator::take_note(const CandidateView& candidate,
                                const std::optional<hashing::Digest>& behaviour,
                                const TrialResult& stored) {
  losses_.take_note(behaviours_of(candidate, behaviour), stored);
}

TrialResult ScriptEvaluator::try_once(const CandidateView& candidate, const TrialRequest& request,
                                      const std::atomic<bool>& stop) {
  std::optional<ScratchFolder> scratch;
  if (uses("scratch")) {
    auto made = ScratchFolder::make();
    if (!made) return failed(Reason::kEvaluatorError, made.error());
    scratch = std::move(*made);
  }
  ScriptOutput output(info_.figures, patterns_);
  TrialResult told;
  std::optional<LineFigures>
      step;  // asked about when another line follows: the last one is no step
  bool is_pruned = false;
  Supervision supervision;
  supervision.deadline = request.deadline;
  supervision.on_line = [&](std::string_view line) {
    auto value = output.add(line);
    if (!value || is_pruned) return !is_pruned;
    is_pruned = step && request.stops_at && request.stops_at(*step->step, step->figures);
    if (is_pruned) return false;
    step = value->step ? std::move(value) : std::nullopt;
    if (step) add_intermediate(told, *step);
    return true;
  };
  const std::uint32_t slot = slots_.take();
  auto end =
      run_supervised(child_for(candidate, request, scratch ? scratch->path().string() : "", slot),
                     supervision, stop);
  slots_.give_back(slot);
  if (!end) return failed(Reason::kEvaluatorError, end.error());
  TrialResult result;
  if (is_pruned) {
    result.status = Status::kPruned;
    result.figures = step->figures;
  } else {
    result = outcome_of(*end, output, info_.figures, request, launch_);
  }
  if (result.figures.empty())
    result.figures.assign(info_.figures.size(), std::numeric_limits<double>::quiet_NaN());
  result.intermediate = std::move(told.intermediate);
  result.seconds = end->seconds;
  if (result.status == Status::kFailed)
    result.log = kept_log(std::move(end->log), end->log_dropped);
  return result;
}

tl::expected<std::vector<Artefact>, EvaluatorError> ScriptEvaluator::apply(
    const CandidateView& candidate, const std::string&, std::uint64_t common_seed) {
  const auto command =
      command_for(candidate, {{"seed", std::to_string(common_seed % (std::uint64_t{1} << 31))},
                              {"threads", "1"},
                              {"scratch", "scratch"}});
  return std::vector<Artefact>{{"command.txt", "text/plain", shell_line(command) + "\n"}};
}

}  // namespace equivolve::engine
