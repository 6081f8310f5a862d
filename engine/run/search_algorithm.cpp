#include "engine/run/search_algorithm.hpp"

#include "engine/config/search_keys_in_use.hpp"

namespace equivolve::engine {
namespace {

using Configurations = std::shared_ptr<const search::ConfigurationSpace>;

search::RegularizedEvolution regularized_evolution(const SearchConfig& c) {
  search::RegularizedEvolutionSettings settings;
  settings.population_size = c.population_size;
  settings.tournament_size = c.tournament_size;
  settings.mutation_probability = c.mutation_probability;
  settings.crossover_probability = c.crossover_probability;
  settings.restart_after = c.restart_after;
  return search::RegularizedEvolution(settings);
}

search::HillClimbing hill_climbing(const SearchConfig& c) {
  search::HillClimbingSettings settings;
  settings.neighbours = c.neighbours;
  settings.restart_after = c.restart_after;
  return search::HillClimbing(settings);
}

search::MuPlusLambda mu_plus_lambda(const SearchConfig& c) {
  search::MuPlusLambdaSettings settings;
  settings.population_size = c.population_size;
  settings.children = c.children;
  settings.tournament_size = c.tournament_size;
  settings.mutation_probability = c.mutation_probability;
  settings.crossover_probability = c.crossover_probability;
  settings.restart_after = c.restart_after;
  return search::MuPlusLambda(settings);
}

search::Nsga2 nsga2(const SearchConfig& c) {
  search::Nsga2Settings settings;
  settings.population_size = c.population_size;
  settings.tournament_size = c.tournament_size;
  settings.mutation_probability = c.mutation_probability;
  settings.crossover_probability = c.crossover_probability;
  return search::Nsga2(settings);
}

search::MapElites map_elites(const SearchConfig& c, const std::vector<NamedFigure>& figures) {
  search::MapElitesSettings settings;
  settings.population_size = c.population_size;
  settings.mutation_probability = c.mutation_probability;
  settings.crossover_probability = c.crossover_probability;
  for (const NamedFigure& figure : figures) {
    if (figure.role != Role::kDescriptor) continue;
    const auto found = c.descriptors.find(figure.name);
    const DescriptorConfig range =
        found == c.descriptors.end() ? DescriptorConfig{} : found->second;
    settings.descriptors.push_back({range.low.value_or(figure.low),
                                    range.high.value_or(figure.high),
                                    range.bins.value_or(kDefaultBins)});
  }
  return search::MapElites(std::move(settings));
}

search::Islands islands(const SearchConfig& c) {
  search::IslandsSettings settings;
  settings.islands = c.islands;
  settings.migration = c.migration == "random" ? search::IslandsSettings::Migration::kRandom
                                               : search::IslandsSettings::Migration::kRing;
  settings.migration_every = c.migration_every;
  if (breeding_algorithm(c) == "mu_plus_lambda")
    return search::Islands(settings, mu_plus_lambda(c));
  return search::Islands(settings, regularized_evolution(c));
}

search::Tpe tpe(const SearchConfig& c, Configurations space) {
  search::TpeSettings settings;
  settings.startup = c.startup_candidates;
  settings.candidates = c.ei_candidates;
  settings.multivariate = c.multivariate;
  return search::Tpe(std::move(space), settings);
}

search::CmaEs cma_es(const SearchConfig& c, Configurations space) {
  search::CmaEsSettings settings;
  settings.initial_step = c.initial_step;
  settings.population = c.cma_population;
  return search::CmaEs(std::move(space), settings);
}

search::Grid grid(const SearchConfig& c, Configurations space) {
  search::GridSettings settings;
  settings.points = c.grid_points;
  return search::Grid(std::move(space), settings);
}

}  // namespace

search::Algorithm make_algorithm(const SearchConfig& search,
                                 const std::vector<NamedFigure>& figures,
                                 const std::shared_ptr<const search::Space>& space) {
  // It lives as long as the space that holds it.
  const Configurations configurations(space, std::get_if<search::ConfigurationSpace>(space.get()));
  if (search.algorithm == "tpe") return tpe(search, configurations);
  if (search.algorithm == "cma_es") return cma_es(search, configurations);
  if (search.algorithm == "grid") return grid(search, configurations);
  if (search.algorithm == "regularized_evolution") return regularized_evolution(search);
  if (search.algorithm == "hill_climbing") return hill_climbing(search);
  if (search.algorithm == "mu_plus_lambda") return mu_plus_lambda(search);
  if (search.algorithm == "nsga2") return nsga2(search);
  if (search.algorithm == "map_elites") return map_elites(search, figures);
  if (search.algorithm == "islands") return islands(search);
  return search::RandomSearch();
}

search::Schedule make_schedule(const SearchConfig& search, const std::vector<LevelInfo>& levels) {
  using Kind = search::ScheduleSettings::Kind;
  search::ScheduleSettings settings;
  settings.kind = search.schedule == "hurdle"               ? Kind::kHurdle
                  : search.schedule == "successive_halving" ? Kind::kSuccessiveHalving
                  : search.schedule == "hyperband"          ? Kind::kHyperband
                                                            : Kind::kFull;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i)
    settings.is_comparable.push_back(levels[i].comparable_with_next);
  settings.hurdle_percentile = search.hurdle_percentile;
  settings.reduction_factor = search.reduction_factor;
  settings.repeats = search.repeats;
  settings.races = search.racing;
  return search::Schedule(std::move(settings));
}

search::Pruner make_pruner(const SearchConfig& search) {
  search::PrunerSettings settings;
  if (search.pruning == "median") settings.share = 0.5;
  if (search.pruning == "percentile") settings.share = search.pruning_percentile / 100;
  settings.startup = search.pruning_startup;
  settings.warmup_steps = search.pruning_warmup;
  return search::Pruner(settings);
}

}  // namespace equivolve::engine
