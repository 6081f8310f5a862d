#include "engine/run/preparation.hpp"

#include "engine/config/evaluator_checks.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/config/space.hpp"
#include "engine/run/executor.hpp"

namespace equivolve::engine {
namespace {

tl::unexpected<PreparationError> refuse(int exit_code, const ConfigProblems& problems) {
  std::string text = text_of(problems);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return tl::unexpected<PreparationError>(PreparationError{exit_code, std::move(text)});
}

tl::unexpected<PreparationError> refuse(const ReadConfiguration& read, const EvaluatorError& error,
                                        PointsInto into) {
  return refuse(error.bad_input ? 2 : 4, {map_problem(read, error, into)});
}

void add_warnings(Preparation& prepared, const ReadConfiguration& read) {
  for (const ConfigProblem& w : read.warnings) prepared.warnings.push_back(w.text());
  const Configuration& c = prepared.config;
  const unsigned workers = c.workers != 0 ? c.workers : available_cores();
  if (workers > c.search.lookahead)
    prepared.warnings.push_back("more workers (" + std::to_string(workers) +
                                ") than search.lookahead (" + std::to_string(c.search.lookahead) +
                                "): some will idle");
}

}  // namespace

tl::expected<Preparation, PreparationError> prepare(
    ReadConfiguration read, std::function<void(int severity, std::string_view text)> log) {
  Preparation prepared;
  const Configuration& config = read.configuration;
  if (auto executor = make_executor(config.executor, 1); !executor)
    return tl::unexpected<PreparationError>(PreparationError{2, executor.error()});
  auto module = load_plugin(config.evaluator.id, plugin_folders(config.plugin_folders));
  if (!module) return refuse(read, module.error(), PointsInto::kConfig);
  prepared.module = std::move(*module);

  // Settings against the evaluator's schema first, with lines; then the evaluator itself, which
  // reads the data.
  const std::string schema = prepared.module->config_schema();
  const ConfigProblems settings = apply_evaluator_schema(read, schema, config.file.parent_path());
  if (!settings.empty()) return refuse(2, settings);
  CreateOptions options;
  options.mantissa_bits = config.hashing.mantissa_bits;
  options.log = std::move(log);
  auto evaluator = prepared.module->create(config.evaluator.config_json, options);
  if (!evaluator) return refuse(read, evaluator.error(), PointsInto::kConfig);
  prepared.evaluator = std::move(*evaluator);

  ConfigProblems problems =
      check_against_evaluator(read, prepared.module->descriptor(), prepared.evaluator->info());
  auto space = resolve_space(read, prepared.evaluator->default_space(config.representation));
  if (!space) problems.insert(problems.end(), space.error().begin(), space.error().end());
  if (!problems.empty()) return refuse(2, problems);
  prepared.space = std::make_shared<const search::ProgramSpace>(std::move(space->space));
  prepared.space_json = std::move(space->json);
  if (auto bound = prepared.evaluator->bind_space(prepared.space_json); !bound)
    return refuse(read, bound.error(), PointsInto::kSpace);

  prepared.context = evaluation_context(prepared.module->descriptor(), prepared.evaluator->info(),
                                        config.evaluator.config_json, prepared.space_json, schema);
  prepared.config = config;
  add_warnings(prepared, read);
  return prepared;
}

search::Searcher make_searcher(const Preparation& prepared) {
  const SearchConfig& c = prepared.config.search;
  search::Algorithm algorithm = search::RandomSearch();
  if (c.algorithm == "regularized_evolution") {
    search::RegularizedEvolutionSettings settings;
    settings.population_size = c.population_size;
    settings.tournament_size = c.tournament_size;
    settings.mutation_probability = c.mutation_probability;
    settings.crossover_probability = c.crossover_probability;
    settings.restart_after = c.restart_after;
    algorithm = search::RegularizedEvolution(settings);
  }
  return search::Searcher(std::move(algorithm), prepared.space, prepared.config.seed);
}

std::uint64_t probe_seed(const hashing::Digest& context) {
  return context.hi ^ (context.lo * 0x9E3779B97F4A7C15ull);
}

}  // namespace equivolve::engine
