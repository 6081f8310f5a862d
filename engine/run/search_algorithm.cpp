#include "engine/run/search_algorithm.hpp"

#include "engine/config/search_keys_in_use.hpp"

namespace equivolve::engine {
namespace {

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

}  // namespace

search::Algorithm make_algorithm(const SearchConfig& search,
                                 const std::vector<NamedFigure>& figures) {
  if (search.algorithm == "regularized_evolution") return regularized_evolution(search);
  if (search.algorithm == "hill_climbing") return hill_climbing(search);
  if (search.algorithm == "mu_plus_lambda") return mu_plus_lambda(search);
  if (search.algorithm == "nsga2") return nsga2(search);
  if (search.algorithm == "map_elites") return map_elites(search, figures);
  if (search.algorithm == "islands") return islands(search);
  return search::RandomSearch();
}

}  // namespace equivolve::engine
