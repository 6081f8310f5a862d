// A run's configuration as plain values: what a YAML file says, with every default filled in.
// Nothing below engine/config touches YAML. Defaults stand here and nowhere else.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hashing/equivalence_cache.hpp"
#include "hashing/sink.hpp"

namespace equivolve::engine {

struct EvaluatorConfig {
  std::string id;
  /// JSON text {"data": ..., "options": {...}, "representation": "program"} with absolute paths:
  /// what the evaluator's create gets.
  std::string config_json;
  /// Of one trial; 0: none, which is the default of programs and scripts.
  std::chrono::nanoseconds deadline = std::chrono::minutes(10);
  double max_failed_share = 0.5;  ///< after 50 trials
  /// "thread" or "process"; "": process, but for what is built in (settled by prepare). Not part of
  /// the run's identity.
  std::string isolation;
  // Limits on workers and scripts. Nothing said: docs/workers.md; 0: none. Not part of the run's
  // identity.
  std::optional<std::uint64_t> memory;               ///< bytes of address space
  std::optional<std::chrono::nanoseconds> cpu_time;  ///< of a trial, in any one process
  std::optional<std::uint64_t> open_files;           ///< descriptors of a process
  /// A program that speaks the worker protocol, and its arguments; empty: `id` is a module's.
  std::vector<std::string> command;
  std::filesystem::path folder;  ///< where it runs, absolute; set where `command` is
};

/// How finely one descriptor is told apart, and within which range. What is left out is the
/// evaluator's own range, and 10 bins.
struct DescriptorConfig {
  std::optional<double> low, high;
  std::optional<std::uint32_t> bins;
};
inline constexpr std::uint32_t kDefaultBins = 10;

/// What a search begins with, beside random candidates. Once prepared (settle_initial) all of it
/// stands in `candidates`, as the store keeps it: it no longer depends on another run.
struct InitialConfig {
  std::vector<std::string> candidates;  ///< in their representation's text form
  bool references = false;              ///< the evaluator's, as far as they are genomes
  std::string run;                      ///< the best of it: its number or name, or latest; "": none
  std::uint32_t top = 10;               ///< so many of them
  std::filesystem::path store;          ///< that has it, absolute; "": the run's own
  bool is_empty() const { return candidates.empty() && !references && run.empty(); }
};

/// Where a default depends on the algorithm, fill_search_defaults (search_keys_in_use.hpp) has it.
struct SearchConfig {
  /// See keys_search.cpp for all of them; settle_algorithm puts what "auto" stands for in its
  /// place.
  std::string algorithm = "auto";
  bool algorithm_is_default = false;    ///< nobody named it: settle_algorithm chose
  std::uint32_t population_size = 100;  ///< of islands: of each
  std::uint32_t tournament_size = 10;   ///< nsga2: 2; mu_plus_lambda: 1; at most population_size
  /// Else the child is its parent's copy. nsga2, mu_plus_lambda, map_elites: 1.
  double mutation_probability = 0.9;
  double crossover_probability = 0.0;       ///< nsga2: 0.9
  std::map<std::string, double> operators;  ///< weights by name; others have their own
  InitialConfig initial;
  /// Births without a new best after which the population starts anew; 0: never. hill_climbing:
  /// 500, or `neighbours` where that is more.
  std::uint64_t restart_after = 0;
  std::uint32_t children = 100;  ///< of mu_plus_lambda; default: population_size
  std::uint32_t neighbours = 1;  ///< of hill_climbing: told before each step
  std::map<std::string, DescriptorConfig> descriptors;  ///< of map_elites, by name
  std::uint32_t islands = 4;
  std::string island_algorithm = "regularized_evolution";  ///< or "mu_plus_lambda"
  std::string migration = "ring";                          ///< or "random"
  std::uint64_t migration_every = 1000;                    ///< births of all islands; 0: never
  std::uint32_t lookahead = 16;                            ///< part of the run's identity
  /// Times that a mutation which behaves like its parent is bred again; 0: never.
  std::uint32_t functional_change = 0;
  std::uint64_t tabu_limit = 0;  ///< sightings of a behaviour after which it is refused; 0: none
  std::uint32_t tabu_attempts = 10;  ///< refusals of one child at most
  // Of algorithms for configurations.
  std::uint32_t startup_candidates = 10;  ///< of tpe
  std::uint32_t ei_candidates = 24;       ///< of tpe
  bool multivariate = true;               ///< of tpe
  double initial_step = 0.3;              ///< of cma_es, on the unit scale
  std::uint32_t cma_population = 0;       ///< of cma_es; 0: 4 + floor(3 ln n)
  std::uint32_t grid_points = 10;         ///< of grid
  // How far each candidate is tried.
  std::string schedule = "full";      ///< or "hurdle", "successive_halving", "hyperband"
  double hurdle_percentile = 75;      ///< of hurdle
  double reduction_factor = 3;        ///< of successive_halving and hyperband
  std::uint32_t repeats = 1;          ///< trials at the last level
  bool racing = true;                 ///< no further repeat of what cannot win any more
  std::string pruning = "off";        ///< or "median", "percentile"
  double pruning_percentile = 25;     ///< of percentile: trials that go on
  std::uint64_t pruning_startup = 5;  ///< finished trials before one is stopped
  std::uint64_t pruning_warmup = 0;   ///< steps at which none is
};

struct HashingConfig {
  hashing::Policy policy = hashing::Policy::kReuse;
  /// `policy: auto`: kReuse, until probing has slowed the run down for long.
  bool stops_probing = false;
  double forget_probability = 0.1;
  std::uint64_t forget_after = 0;  ///< hits; 0: any number
  std::uint32_t max_evaluations = 5;
  bool warm_start = false;
  std::optional<hashing::GridKind> grid;  ///< none: the evaluator's own
  std::uint64_t capacity = 1'000'000;
  double verify_fraction = 0.005;
  int mantissa_bits = 0;  ///< 0: the evaluator's own
  bool record = false;    ///< with policy off: probe all the same and store digests
};

/// Candidates of a run whose budget names nothing.
inline constexpr std::uint64_t kDefaultBudgetCandidates = 10'000;

struct BudgetConfig {
  std::optional<std::uint64_t> candidates;
  std::optional<std::uint64_t> evaluations;
  std::optional<std::chrono::nanoseconds> time;
  std::map<std::string, double> target;  ///< figure -> value that ends the run when reached (in the
                                         ///< figure's direction), all of them
};

struct FinalConfig {
  std::uint32_t top = 10;
  std::uint32_t repeats = 10;
};

struct StoreConfig {
  std::filesystem::path file;  ///< absolute
  bool relaxed = false;        ///< durability: relaxed (synchronous=NORMAL)
};

#ifdef EQUIVOLVE_TBB
inline constexpr const char* kDefaultExecutor = "tbb";
#else
inline constexpr const char* kDefaultExecutor = "threads";  // built without oneTBB
#endif

struct Configuration {
  std::string name;
  std::uint64_t seed = 0;
  EvaluatorConfig evaluator;
  /// The `space` section as JSON text, "{}" when absent: merged over the evaluator's default_space.
  std::string space_json = "{}";
  /// How candidates are written. "": the evaluator's first (settle_representation).
  std::string representation;
  SearchConfig search;
  HashingConfig hashing;
  BudgetConfig budget;
  FinalConfig final_stage;
  std::vector<std::filesystem::path> plugin_folders;  ///< absolute
  std::uint32_t workers = 0;                          ///< 0: as many as this machine has cores
  std::vector<std::string> launcher;               ///< before the command of each worker or script
  std::map<std::string, std::string> environment;  ///< of workers and scripts; `{slot}` in values
  std::uint32_t prefetch = 1;                      ///< questions that a worker has at once
  /// Until a worker has greeted.
  std::chrono::nanoseconds start_deadline = std::chrono::minutes(1);
  std::string executor = kDefaultExecutor;  ///< or "threads"; not part of the run's identity
  StoreConfig store;

  std::string as_written;      ///< the file's bytes
  std::filesystem::path file;  ///< absolute; empty for text
};

}  // namespace equivolve::engine
