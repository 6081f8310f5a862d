#include "engine/config/search_keys_in_use.hpp"

#include <algorithm>

namespace equivolve::engine {
namespace {

struct Use {
  std::string_view key;
  std::vector<std::string_view> algorithms;
};

const std::vector<Use>& uses() {
  static const std::vector<Use> all{
      {"population_size", {"regularized_evolution", "mu_plus_lambda", "nsga2", "map_elites"}},
      {"tournament_size", {"regularized_evolution", "mu_plus_lambda", "nsga2"}},
      {"mutation_probability", {"regularized_evolution", "mu_plus_lambda", "nsga2", "map_elites"}},
      {"crossover_probability", {"regularized_evolution", "mu_plus_lambda", "nsga2", "map_elites"}},
      {"operators",
       {"regularized_evolution", "hill_climbing", "mu_plus_lambda", "nsga2", "map_elites"}},
      {"restart_after", {"regularized_evolution", "hill_climbing", "mu_plus_lambda"}},
      {"children", {"mu_plus_lambda"}},
      {"neighbours", {"hill_climbing"}},
      {"descriptors", {"map_elites"}},
      {"islands", {"islands"}},
      {"island_algorithm", {"islands"}},
      {"migration", {"islands"}},
      {"migration_every", {"islands"}},
      {"startup_candidates", {"tpe"}},
      {"ei_candidates", {"tpe"}},
      {"multivariate", {"tpe"}},
      {"initial_step", {"cma_es"}},
      {"cma_population", {"cma_es"}},
      {"grid_points", {"grid"}},
      {"functional_change",
       {"regularized_evolution", "hill_climbing", "mu_plus_lambda", "nsga2", "map_elites"}}};
  return all;
}

}  // namespace

const std::vector<std::string_view>& keys_of_algorithms() {
  static const std::vector<std::string_view> keys = [] {
    std::vector<std::string_view> all;
    for (const Use& use : uses()) all.push_back(use.key);
    return all;
  }();
  return keys;
}

bool has_effect(const SearchConfig& search, std::string_view key) {
  if (search.algorithm == "auto") return true;
  const auto use =
      std::find_if(uses().begin(), uses().end(), [key](const Use& one) { return one.key == key; });
  const auto is_among = [&use](const std::string& algorithm) {
    return std::find(use->algorithms.begin(), use->algorithms.end(), algorithm) !=
           use->algorithms.end();
  };
  return use == uses().end() || is_among(search.algorithm) || is_among(breeding_algorithm(search));
}

const std::string& breeding_algorithm(const SearchConfig& search) {
  return search.algorithm == "islands" ? search.island_algorithm : search.algorithm;
}

void fill_search_defaults(SearchConfig& search, const Document& document) {
  const auto written = [&document](std::string_view key) {
    return find_deepest(document.root(), {"search", std::string(key)}).parts == 2;
  };
  const std::string& algorithm = breeding_algorithm(search);
  const bool nsga2 = algorithm == "nsga2", elitist = algorithm == "mu_plus_lambda";
  if (!written("tournament_size")) {
    if (nsga2) search.tournament_size = 2;
    if (elitist) search.tournament_size = 1;
    search.tournament_size = std::min(search.tournament_size, search.population_size);
  }
  if (!written("mutation_probability") && (nsga2 || elitist || algorithm == "map_elites"))
    search.mutation_probability = 1;
  if (!written("crossover_probability") && nsga2) search.crossover_probability = 0.9;
  if (!written("restart_after") && algorithm == "hill_climbing")
    search.restart_after = std::max<std::uint64_t>(500, search.neighbours);
  // Elsewhere it would be one more difference between two runs.
  if (!written("children") && elitist) search.children = search.population_size;
}

}  // namespace equivolve::engine
