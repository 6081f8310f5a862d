#include "engine/run/preparation.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "engine/config/algorithm_choice.hpp"
#include "engine/config/evaluator_checks.hpp"
#include "engine/config/operators_key.hpp"
#include "engine/config/resolved.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/config/space.hpp"
#include "engine/plugins/scripts/script_evaluator.hpp"
#include "engine/plugins/workers/worker_module.hpp"
#include "engine/processes/machine_memory.hpp"
#include "engine/run/executor.hpp"
#include "engine/run/initial_candidates.hpp"
#include "engine/run/notes.hpp"
#include "engine/run/search_algorithm.hpp"

namespace equivolve::engine {
namespace {

/// Without a word a module's descriptors are few: one that leaks them is found out.
constexpr std::uint64_t kFilesOfModules = 256;
/// Below these nothing can be tried. A module's worker keeps two descriptors from 20 on
/// (engine/worker/main.cpp); to be loaded a program takes a fourth one.
constexpr std::uint64_t kLeastFilesOfModules = 22, kLeastFiles = 4;

std::uint64_t cpu_seconds(const EvaluatorConfig& evaluator) {
  const auto time = evaluator.cpu_time.value_or(std::chrono::nanoseconds(0));
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(time).count());
}

std::uint32_t worker_count(const Configuration& config) {
  return config.workers != 0 ? config.workers : available_cores();
}

/// With which a worker can at least be started: not all of as many as may be are busy.
constexpr std::uint64_t kLeastMemory = std::uint64_t{256} << 20;

/// A worker's part of this machine's memory, where nothing is said and it runs on this machine.
std::uint64_t default_memory(const Configuration& config) {
#ifdef EQUIVOLVE_SANITIZED
  return 0;  // sanitizers map more than there is
#endif
  if (config.evaluator.memory || !config.launcher.empty()) return 0;
  const std::uint64_t all = machine_memory();
  return all == 0 ? 0 : std::max(all / 10 * 8 / worker_count(config), kLeastMemory);
}

WorkerSettings worker_settings(const Configuration& config) {
  WorkerSettings settings;
  settings.child.memory = config.evaluator.memory.value_or(0);
  settings.child.data = default_memory(config);
  settings.child.cpu_seconds = cpu_seconds(config.evaluator);
  settings.child.open_files =
      config.evaluator.open_files.value_or(config.evaluator.command.empty() ? kFilesOfModules : 0);
  settings.launcher = config.launcher;
  settings.prefetch = config.prefetch;
  // One thread each is enough where each worker has one question at a time.
  if (config.prefetch > 1) settings.most_workers = worker_count(config);
  settings.child.file_size = std::uint64_t{1} << 30;
  settings.deadline = config.evaluator.deadline;
  settings.start_deadline = config.start_deadline;
  // The engine has a worker for each core: numeric libraries that did the same would be in the way.
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"})
    if (std::getenv(name) == nullptr) settings.child.environment.emplace_back(name, "1");
  for (const auto& [name, value] : config.environment)
    settings.child.environment.emplace_back(name, value);
  return settings;
}

tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> module_of(const Configuration& config) {
  const EvaluatorConfig& evaluator = config.evaluator;
  if (!evaluator.command.empty())
    return load_program(evaluator.id, evaluator.command, evaluator.folder, worker_settings(config));
  const auto folders = plugin_folders(config.plugin_folders);
  return evaluator.isolation == "process"
             ? load_plugin_in_workers(evaluator.id, folders, worker_settings(config))
             : load_plugin(evaluator.id, folders);
}

// Goes as far as it can, and collects what is wrong on the way.
class Preparing {
 public:
  Preparing(ReadConfiguration read, std::function<void(int, std::string_view)> log)
      : read_(std::move(read)),
        log_(Notes::keeping(notes_, std::move(log))),
        problems_(read_.problems) {
    if (!problems_.empty()) exit_code_ = 2;
  }

  tl::expected<Preparation, PreparationError> go() {
    check_executor();
    check_folders();
    load();
    if (prepared_.module) check_settings();
    if (prepared_.module) create();
    if (prepared_.evaluator) ask_evaluator();
    // An evaluator that was not made says nothing of its objectives.
    if (prepared_.module && read_.configuration.search.algorithm == "auto") settle_search(1);
    if (!space_is_checked_ && knows_representation()) refuse(check_space_alone(read_));
    add_warnings();
    in_file_order(problems_);
    in_file_order(read_.warnings);
    if (!problems_.empty())
      return tl::unexpected<PreparationError>(
          PreparationError{exit_code_, std::move(problems_), std::move(read_.warnings)});
    finish();
    return std::move(prepared_);
  }

 private:
  void refuse(ConfigProblems problems, int exit_code = 2) {
    if (problems.empty()) return;
    // What a person can mend comes first.
    exit_code_ = exit_code_ == 2 ? 2 : exit_code;
    add_new(problems_, std::move(problems));
  }
  void refuse(const EvaluatorError& error, PointsInto into) {
    refuse({map_problem(read_, error, into)}, error.bad_input ? 2 : 4);
  }
  bool faulty(const char* section) const { return read_.faulty_sections.contains(section); }
  bool unread(const char* key) const { return read_.unread_keys.contains(key); }
  /// The file's, or that of an evaluator that could be loaded: which keys a space has depends on
  /// it.
  bool knows_representation() const {
    return !read_.configuration.representation.empty() && !unread("space.representation");
  }

  void check_executor();
  void check_folders();
  void load();
  void settle_isolation();
  bool has_enough_files();
  void check_settings();
  void settle_search(std::size_t objectives);
  void create();
  void ask_evaluator();
  void add_warnings();
  void finish();

  ReadConfiguration read_;
  const std::shared_ptr<Notes> notes_ = std::make_shared<Notes>();
  std::function<void(int, std::string_view)> log_;
  ConfigProblems problems_;
  int exit_code_ = 4;
  bool space_is_checked_ = false, representation_is_known_ = true;
  Preparation prepared_;
};

void Preparing::check_executor() {
  if (auto executor = make_executor(read_.configuration.executor, 1); !executor)
    refuse({read_.document.problem_at_pointer("/workers/executor", false, executor.error())});
}

// A plugin that is not found is the commonest reason to look here.
void Preparing::check_folders() {
  const auto& folders = read_.configuration.plugin_folders;
  for (std::size_t i = 0; i < folders.size(); ++i)
    if (std::error_code error; !std::filesystem::is_directory(folders[i], error))
      read_.warnings.push_back(read_.document.problem_at_pointer(
          "/plugins/folders/" + std::to_string(i), false,
          "plugins.folders: there is no folder " + folders[i].string()));
}

void Preparing::load() {
  const Configuration& config = read_.configuration;
  if (config.evaluator.id.empty() && config.evaluator.command.empty())
    return;  // the reader said so
  settle_isolation();
  if (!has_enough_files()) return;
  auto module = module_of(config);
  if (!module) return refuse(module.error(), PointsInto::kConfig);
  prepared_.module = std::move(*module);
  // A program is known by what it calls itself.
  read_.configuration.evaluator.id = prepared_.module->descriptor().id;
}

/// What comes with this program is trusted to leave it standing.
void Preparing::settle_isolation() {
  Configuration& config = read_.configuration;
  std::string& isolation = config.evaluator.isolation;
  if (isolation.empty())
    isolation = is_built_in(config.evaluator.id, plugin_folders(config.plugin_folders)) ? "thread"
                                                                                        : "process";
  if (isolation == "process" || !config.evaluator.command.empty()) return;
  const auto without_effect = [&](const char* section, const char* key) {
    read_.warnings.push_back(read_.document.problem_at_pointer(
        fmt::format("/{}/{}", section, key), true,
        fmt::format("{}.{} has no effect: it is for workers, which isolation: process has", section,
                    key)));
  };
  if (config.evaluator.memory.value_or(0) > 0) without_effect("evaluator", "memory");
  if (cpu_seconds(config.evaluator) > 0) without_effect("evaluator", "cpu_time");
  if (config.evaluator.open_files.value_or(0) > 0) without_effect("evaluator", "open_files");
  if (!config.launcher.empty()) without_effect("workers", "launcher");
  if (!config.environment.empty()) without_effect("workers", "environment");
}

/// Else they would end, each in words of its own, before they can say anything.
bool Preparing::has_enough_files() {
  const EvaluatorConfig& evaluator = read_.configuration.evaluator;
  const bool is_program = !evaluator.command.empty() || evaluator.id == kScriptId;
  if (!is_program && evaluator.isolation != "process") return true;
  const std::uint64_t files = evaluator.open_files.value_or(0);
  const std::uint64_t least = is_program ? kLeastFiles : kLeastFilesOfModules;
  if (files == 0 || files >= least) return true;
  refuse({read_.document.problem_at_pointer(
      "/evaluator/open_files", false,
      fmt::format("evaluator.open_files is {}, with which no {} can be started; give at least {}, "
                  "or 0 for what the system allows",
                  files, is_program ? "program" : "worker", least))});
  return false;
}

void Preparing::check_settings() {
  refuse(apply_evaluator_schema(read_, prepared_.module->config_schema(),
                                read_.configuration.file.parent_path()));
  ConfigProblems problems = settle_representation(read_, prepared_.module->descriptor());
  representation_is_known_ = problems.empty() && knows_representation();
  refuse(std::move(problems));
  if (read_.configuration.search.algorithm != "auto") settle_search(1);
}

// What auto stands for depends on the representation and on the evaluator's objectives.
void Preparing::settle_search(std::size_t objectives) {
  if (!representation_is_known_) return;
  if (!unread("search.algorithm")) refuse(settle_algorithm(read_, objectives));
  refuse(check_operators(read_));
}

// The evaluator reads the data, which has more to tell even where other settings are at fault.
void Preparing::create() {
  if (faulty("data")) return;
  CreateOptions options;
  options.mantissa_bits = read_.configuration.hashing.mantissa_bits;
  options.grid = read_.configuration.hashing.grid;
  options.log = log_;
  options.launch = {read_.configuration.launcher, read_.configuration.environment,
                    read_.configuration.evaluator.memory.value_or(0),
                    cpu_seconds(read_.configuration.evaluator),
                    read_.configuration.evaluator.open_files.value_or(0)};
  auto evaluator = prepared_.module->create(read_.configuration.evaluator.config_json, options);
  const bool as_asked = !faulty("options") && !faulty("space");
  if (!evaluator && (as_asked || evaluator.error().json_pointer.starts_with("/data")))
    refuse(evaluator.error(), PointsInto::kConfig);
  // With options that nobody asked for it would have other figures and another space.
  if (evaluator && !faulty("options")) prepared_.evaluator = std::move(*evaluator);
}

void Preparing::ask_evaluator() {
  const Configuration& config = read_.configuration;
  if (config.search.algorithm == "auto")
    settle_search(static_cast<std::size_t>(std::ranges::count(
        prepared_.evaluator->info().figures, Role::kObjective, &NamedFigure::role)));
  refuse(check_targets(read_, prepared_.module->descriptor(), prepared_.evaluator->info()));
  refuse(check_schedule(read_, prepared_.module->descriptor(), prepared_.evaluator->info()));
  refuse(settle_descriptors(read_, prepared_.module->descriptor(), prepared_.evaluator->info()));
  // Of another representation the evaluator has no space.
  if (faulty("space") || !representation_is_known_) return;
  space_is_checked_ = true;
  auto space = resolve_space(read_, prepared_.evaluator->default_space(config.representation));
  if (!space) return refuse(std::move(space.error()));
  refuse(check_algorithm(read_, *space->space));
  warn_of_large_grid(read_, *space->space);
  prepared_.space = std::move(space->space);
  prepared_.space_json = std::move(space->json);
  if (auto bound = prepared_.evaluator->bind_space(prepared_.space, prepared_.space_json); !bound)
    return refuse(bound.error(), PointsInto::kSpace);
  auto initial = settle_initial(read_, *prepared_.evaluator, *prepared_.space, log_);
  if (!initial) return refuse(std::move(initial.error()));
  prepared_.initial = std::move(*initial);
}

void Preparing::add_warnings() {
  const Configuration& c = read_.configuration;
  const unsigned cores = available_cores();
  if (c.workers == 0 && cores > c.search.lookahead)
    read_.warnings.push_back(read_.document.problem_at_pointer(
        "/search/lookahead", false,
        "search.lookahead is " + std::to_string(c.search.lookahead) + ", this machine has " +
            std::to_string(cores) + " cores; no more than the lookahead can be busy"));
}

void Preparing::finish() {
  prepared_.context =
      evaluation_context(prepared_.module->descriptor(), prepared_.evaluator->info(),
                         read_.configuration.evaluator.config_json, prepared_.space_json,
                         prepared_.module->config_schema());
  prepared_.notes = notes_->take();
  prepared_.warnings = std::move(read_.warnings);
  prepared_.config = std::move(read_.configuration);
}

}  // namespace

tl::expected<Preparation, PreparationError> prepare(
    ReadConfiguration read, std::function<void(int severity, std::string_view text)> log) {
  return Preparing(std::move(read), std::move(log)).go();
}

std::string resolved_text(const Preparation& prepared) {
  Configuration resolved = prepared.config;
  resolved.space_json = prepared.space_json;
  return to_json_text(resolved);
}

search::Searcher make_searcher(const Preparation& prepared) {
  return search::Searcher(
      make_algorithm(prepared.config.search, prepared.evaluator->info().figures, prepared.space),
      prepared.space, prepared.config.seed,
      make_schedule(prepared.config.search, prepared.evaluator->info().levels),
      make_pruner(prepared.config.search), operator_weights(prepared.config.search),
      search::InitialCandidates(prepared.initial));
}

std::uint64_t probe_seed(const hashing::Digest& context) {
  return context.hi ^ (context.lo * 0x9E3779B97F4A7C15ull);
}

}  // namespace equivolve::engine
