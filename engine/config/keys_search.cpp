// Keys of how candidates are bred, and of which are taken for equal.
#include <algorithm>
#include <array>

#include "engine/config/descriptors_key.hpp"
#include "engine/config/initial_key.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/operators_key.hpp"

namespace equivolve::engine {
namespace {

// Settings with one value in this version: nothing is stored.
Field<std::string> only(std::string value) {
  return {[value](const Configuration&) { return value; },
          [](Configuration&, const std::string&) {}};
}

// In the order in which their names stand below.
constexpr std::array kPolicies{hashing::Policy::kReuse, hashing::Policy::kForget,
                               hashing::Policy::kAggregate, hashing::Policy::kOff};
constexpr std::size_t kAuto = kPolicies.size();

Field<std::size_t> policy_field() {
  return {[](const Configuration& c) -> std::size_t {
            if (c.hashing.stops_probing) return kAuto;
            const auto at = std::find(kPolicies.begin(), kPolicies.end(), c.hashing.policy);
            return static_cast<std::size_t>(at - kPolicies.begin());
          },
          [](Configuration& c, std::size_t choice) {
            c.hashing.stops_probing = choice == kAuto;
            c.hashing.policy = choice == kAuto ? hashing::Policy::kReuse : kPolicies[choice];
          }};
}

constexpr std::array<std::optional<hashing::GridKind>, 4> kGrids{
    std::nullopt, hashing::GridKind::kScaled, hashing::GridKind::kPublished,
    hashing::GridKind::kShifted};

Field<std::size_t> grid_field() {
  return {[](const Configuration& c) -> std::size_t {
            const auto at = std::find(kGrids.begin(), kGrids.end(), c.hashing.grid);
            return static_cast<std::size_t>(at - kGrids.begin());
          },
          [](Configuration& c, std::size_t choice) { c.hashing.grid = kGrids[choice]; }};
}

template <class T>
Field<std::optional<std::uint64_t>> hashing_integer(T HashingConfig::*member) {
  return as_integer(field(&Configuration::hashing, member));
}

template <class T>
Field<std::optional<std::uint64_t>> search_integer(T SearchConfig::*member) {
  return as_integer(field(&Configuration::search, member));
}

}  // namespace

Section search_keys() {
  Section section;
  section.name = "search";
  section.help = "How candidates are bred.";
  section.keys = {
      text_choice_key("algorithm",
                      {"auto", "regularized_evolution", "random", "hill_climbing", "mu_plus_lambda",
                       "nsga2", "map_elites", "islands", "tpe", "cma_es", "grid"},
                      {},
                      "How candidates are chosen. auto: of configurations nsga2 for several "
                      "objectives, tpe for a budget of "
                      "fewer than 1000 evaluations or candidates, else regularized_evolution. See "
                      "[search.md](search.md).",
                      field(&Configuration::search, &SearchConfig::algorithm)),
      integer_key("population_size", 1, 10'000'000,
                  "Candidates that can be parents. Of islands: on each. Of map_elites: random ones "
                  "at the start.",
                  search_integer(&SearchConfig::population_size)),
      integer_key("tournament_size", 1, 10'000'000,
                  "Candidates drawn, the best of which is a parent. At most population_size. "
                  "Default of nsga2: 2, of mu_plus_lambda: 1.",
                  search_integer(&SearchConfig::tournament_size)),
      number_key("mutation_probability", 0, 1,
                 "Else the child is its parent's copy. Default of nsga2, mu_plus_lambda and "
                 "map_elites: 1.",
                 field(&Configuration::search, &SearchConfig::mutation_probability)),
      number_key("crossover_probability", 0, 1,
                 "That a child takes parts of a second parent. Default of nsga2: 0.9.",
                 field(&Configuration::search, &SearchConfig::crossover_probability)),
      operators_key("operators",
                    "How often each mutation is chosen among the mutations, and each crossover "
                    "among the crossovers; 0: never. Those not named keep their own weight. See "
                    "[search.md](search.md#operators).",
                    field(&Configuration::search, &SearchConfig::operators)),
      initial_key("initial",
                  "Candidates that take the places of the first random ones: a list, the "
                  "evaluator's references, the best of an earlier run. See "
                  "[search.md](search.md#where-a-search-begins).",
                  field(&Configuration::search, &SearchConfig::initial)),
      integer_key("restart_after", 0, kAny,
                  "Births without a new best after which the search starts anew; 0: never. Of "
                  "islands: each for itself. Default of hill_climbing: 500, or neighbours where "
                  "that is more.",
                  search_integer(&SearchConfig::restart_after)),
      with_default(integer_key("children", 1, 10'000'000,
                               "Of mu_plus_lambda: children told before the best live on.",
                               search_integer(&SearchConfig::children)),
                   "population_size"),
      integer_key("neighbours", 1, 10'000'000,
                  "Of hill_climbing: mutations told before a step to the best of them.",
                  search_integer(&SearchConfig::neighbours)),
      descriptors_key("descriptors",
                      "Of map_elites: the cells of each descriptor. Without low or high: the "
                      "evaluator's own; without bins: 10.",
                      field(&Configuration::search, &SearchConfig::descriptors)),
      integer_key("islands", 1, 10'000, "Populations that evolve side by side.",
                  search_integer(&SearchConfig::islands)),
      text_choice_key("island_algorithm", {"regularized_evolution", "mu_plus_lambda"}, {},
                      "What each island does.",
                      field(&Configuration::search, &SearchConfig::island_algorithm)),
      text_choice_key("migration", {"ring", "random"}, {},
                      "Where an island's best is copied to: the next island, or any other.",
                      field(&Configuration::search, &SearchConfig::migration)),
      integer_key("migration_every", 0, kAny,
                  "Births, of all islands together, between migrations; 0: never.",
                  search_integer(&SearchConfig::migration_every)),
      integer_key("lookahead", 1, 65'536,
                  "Candidates in flight at most. Part of the run's identity; at least the workers.",
                  search_integer(&SearchConfig::lookahead)),
      integer_key("functional_change", 0, 50,
                  "Times that a mutation which behaves like its parent is bred again.",
                  search_integer(&SearchConfig::functional_change)),
      integer_key("tabu_limit", 0, kAny,
                  "A child of a behaviour seen so often is refused and bred again; 0: never.",
                  search_integer(&SearchConfig::tabu_limit)),
      integer_key("tabu_attempts", 1, 50, "Times that one child is refused at most.",
                  search_integer(&SearchConfig::tabu_attempts)),
      integer_key("startup_candidates", 0, 1'000'000,
                  "Of tpe: results before the first proposal; until then candidates are random.",
                  search_integer(&SearchConfig::startup_candidates)),
      integer_key("ei_candidates", 1, 100'000,
                  "Of tpe: samples of the good density, the best of which is proposed.",
                  search_integer(&SearchConfig::ei_candidates)),
      boolean_key("multivariate", "Of tpe: model all parameters together, not one by one.",
                  field(&Configuration::search, &SearchConfig::multivariate)),
      number_key("initial_step", 1e-6, 1,
                 "Of cma_es: the first standard deviation, as a share of each parameter's range.",
                 field(&Configuration::search, &SearchConfig::initial_step)),
      integer_key(
          "cma_population", 0, 1'000'000,
          "Of cma_es: candidates of a generation, at least 2; doubled with each restart. 0: "
          "4 + floor(3 ln n) for n parameters.",
          search_integer(&SearchConfig::cma_population)),
      integer_key("grid_points", 1, 1'000'000,
                  "Of grid: values of each float that has no step; other parameters have all of "
                  "theirs.",
                  search_integer(&SearchConfig::grid_points)),
      text_choice_key("schedule", {"full", "hurdle", "successive_halving", "hyperband"}, {},
                      "At which of the evaluator's levels candidates are tried. full: at the last "
                      "one. hurdle: at the first, and the best at the last. successive_halving: "
                      "level by level, the best at each go on. hyperband: brackets of it, which "
                      "begin at each level.",
                      field(&Configuration::search, &SearchConfig::schedule)),
      number_key("hurdle_percentile", 0, 99.9,
                 "Of hurdle: candidates above this percentile of the distinct outcomes go on.",
                 field(&Configuration::search, &SearchConfig::hurdle_percentile)),
      number_key("reduction_factor", 1.1, 100,
                 "Of successive_halving and hyperband: one in so many goes on from each level.",
                 field(&Configuration::search, &SearchConfig::reduction_factor)),
      integer_key("repeats", 1, 10,
                  "Trials of each candidate at the last level, with seeds of their own; their mean "
                  "counts.",
                  search_integer(&SearchConfig::repeats)),
      boolean_key("racing",
                  "With repeats: a candidate is tried again only while it may still beat the best.",
                  field(&Configuration::search, &SearchConfig::racing)),
      text_choice_key("pruning", {"off", "median", "percentile"}, {},
                      "Stops a trial that reports worse values on its way than others did at the "
                      "same step. median: than the better half. percentile: than "
                      "pruning_percentile of them.",
                      field(&Configuration::search, &SearchConfig::pruning)),
      number_key("pruning_percentile", 0.1, 99.9,
                 "Of pruning: percentile: how many in a hundred trials go on at a step.",
                 field(&Configuration::search, &SearchConfig::pruning_percentile)),
      integer_key("pruning_startup", 1, kAny,
                  "Of pruning: trials of a level that end well before one is stopped.",
                  search_integer(&SearchConfig::pruning_startup)),
      integer_key("pruning_warmup", 0, kAny, "Of pruning: steps below it stop no trial.",
                  search_integer(&SearchConfig::pruning_warmup)),
      text_choice_key("order", {"ticket"}, {"arrival"}, "In which order outcomes are told.",
                      only("ticket"))};
  return section;
}

Section hashing_keys() {
  Section section;
  section.name = "hashing";
  section.help = "Which candidates are taken for equal, and what follows.";
  section.keys = {
      choice_key("policy", {"reuse", "forget", "aggregate", "off", "auto"}, {},
                 "reuse: a candidate that behaves like an earlier one takes its fitness. forget: "
                 "the same, but a behaviour is now and then evaluated anew. aggregate: its first "
                 "arrivals are evaluated, and the mean is told. off: nothing is merged. auto: "
                 "reuse, and no probes any more once they have slowed the run down for 30 s.",
                 policy_field()),
      number_key("forget_probability", 0, 1,
                 "With policy forget: that a reused result is dropped afterwards.",
                 field(&Configuration::hashing, &HashingConfig::forget_probability)),
      integer_key("forget_after", 0, kAny,
                  "With policy forget: reuses after which a result is dropped; 0: any number.",
                  hashing_integer(&HashingConfig::forget_after)),
      integer_key("max_evaluations", 1, 1'000'000,
                  "With policy aggregate: evaluations of one behaviour.",
                  hashing_integer(&HashingConfig::max_evaluations)),
      boolean_key("warm_start",
                  "Take over the results of earlier runs in the same file with the same "
                  "evaluation context, as they are when this run begins.",
                  field(&Configuration::hashing, &HashingConfig::warm_start)),
      integer_key("capacity", 1, kAny, "Classes kept; the least recently seen goes first.",
                  as_integer(field(&Configuration::hashing, &HashingConfig::capacity))),
      number_key("verify_fraction", 0, 1,
                 "Share of reused results that are computed all the same, and compared.",
                 field(&Configuration::hashing, &HashingConfig::verify_fraction)),
      integer_key("mantissa_bits", 0, 52,
                  "How finely outputs are told apart; 0: as the evaluator has it.",
                  as_integer(field(&Configuration::hashing, &HashingConfig::mantissa_bits))),
      boolean_key("record", "With policy off: probe all the same and store the digests.",
                  field(&Configuration::hashing, &HashingConfig::record)),
      choice_key("grid", {"evaluator", "scaled", "published", "shifted"}, {},
                 "How outputs are rounded before they are hashed; evaluator: as it has them.",
                 grid_field())};
  return section;
}

}  // namespace equivolve::engine
