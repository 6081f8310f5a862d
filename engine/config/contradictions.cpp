#include "engine/config/contradictions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/config/keys.hpp"
#include "engine/config/search_keys_in_use.hpp"
#include "engine/plugins/scripts/script_evaluator.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::engine {
namespace {

// Whether a person wrote the key. Of a stored configuration every key stands there.
bool wrote(const Document& document, const std::string& section, const std::string& key) {
  const Found found = find_deepest(document.root(), {section, key});
  const bool by_hand = found.key_mark.line != 0 || found.key_mark.override_number >= 0;
  if (found.parts == 2) return by_hand;
  const Section* table = find_section(section);
  return found.parts == 1 && found.node->is_scalar() && table && table->short_form == key &&
         by_hand;
}

std::string pointer_to(const std::string& section, const std::string& key) {
  return "/" + section + "/" + key;
}

// At the first of the keys that was written; else at the first.
class Complaints {
 public:
  Complaints(const Document& document, const UnreadKeys& unread)
      : document_(document), unread_(unread) {}

  using Place = std::pair<const char*, const char*>;
  void add(std::initializer_list<Place> places, std::string message) {
    if (follows_from_unread(message)) return;
    Place at = *places.begin();
    for (auto place = std::rbegin(places); place != std::rend(places); ++place)
      if (wrote(document_, place->first, place->second)) at = *place;
    all.push_back(
        document_.problem_at_pointer(pointer_to(at.first, at.second), false, std::move(message)));
  }

  /// `within`: of the keys of that key's map.
  void without_effect(const char* section, const char* key, const std::string& because,
                      const std::string& within = "") {
    if (!wrote(document_, section, key) || follows_from_unread(because)) return;
    const bool whole = within.empty();
    all.push_back(
        document_.problem_at_pointer(pointer_to(section, key) + (whole ? "" : "/" + within), true,
                                     fmt::format("{}.{}{} has no effect: {}", section, key,
                                                 whole ? "" : "." + within, because)));
  }

  ConfigProblems all;

 private:
  /// Every message names the keys that it follows from, each with its section.
  bool follows_from_unread(std::string_view message) const {
    return std::ranges::any_of(unread_, [message](const std::string& key) {
      const std::size_t at = message.find(key), end = at + key.size();
      const bool is_named = at != std::string_view::npos && key.find('.') != std::string::npos;
      return is_named && (end == message.size() || message[end] == ' ' || message[end] == ',');
    });
  }

  const Document& document_;
  const UnreadKeys& unread_;
};

void check_budget(Complaints& odd, const Configuration& c) {
  const BudgetConfig& budget = c.budget;
  if (budget.candidates && *budget.candidates == 0)
    odd.add({{"budget", "candidates"}},
            "budget.candidates is 0; the run ends before its first candidate");
  if (budget.evaluations && *budget.evaluations == 0)
    odd.add({{"budget", "evaluations"}},
            "budget.evaluations is 0; the run ends with its first candidate");
}

void check_first_population(Complaints& odd, const Configuration& c) {
  const BudgetConfig& budget = c.budget;
  if (!has_effect(c.search, "population_size")) return;
  const std::uint64_t islands = c.search.algorithm == "islands" ? c.search.islands : 1;
  const std::uint64_t first = c.search.population_size * islands;
  const std::string size = islands == 1
                               ? fmt::format("search.population_size is {}", first)
                               : fmt::format("search.population_size is {} on each of {} islands",
                                             c.search.population_size, islands);
  if (budget.candidates && *budget.candidates > 0 && first > *budget.candidates)
    odd.add({{"search", "population_size"}, {"budget", "candidates"}},
            fmt::format("{}, budget.candidates is {}; the run ends within its first population",
                        size, *budget.candidates));
  else if (budget.evaluations && *budget.evaluations > 0 && first > *budget.evaluations)
    odd.add({{"search", "population_size"}, {"budget", "evaluations"}},
            fmt::format("{}, budget.evaluations is {}; the run may end within its first population",
                        size, *budget.evaluations));
}

void check_algorithm_keys(Complaints& odd, const SearchConfig& search) {
  for (const std::string_view key : keys_of_algorithms())
    if (!has_effect(search, key))
      odd.without_effect("search", std::string(key).c_str(),
                         key == "children" && search.algorithm == "islands"
                             ? "search.island_algorithm is " + search.island_algorithm
                             : "search.algorithm is " + search.algorithm);
  if (search.algorithm == "islands" && search.islands == 1)
    for (const char* key : {"migration", "migration_every"})
      odd.without_effect("search", key, "search.islands is 1");
  else if (search.algorithm == "islands" && search.migration_every == 0)
    odd.without_effect("search", "migration", "search.migration_every is 0");
  if (has_effect(search, "mutation_probability") && search.mutation_probability == 0 &&
      search.crossover_probability == 0)
    odd.add(
        {{"search", "mutation_probability"}, {"search", "crossover_probability"}},
        "search.mutation_probability and search.crossover_probability are 0; every child is its "
        "parent's copy");
}

/// Weights of operators that are never drawn: each names one of a kind that the search never asks
/// for.
void check_operator_weights(Complaints& odd, const SearchConfig& search) {
  if (!has_effect(search, "operators")) return;
  const std::string& algorithm = breeding_algorithm(search);
  const std::string no_mutation =
      has_effect(search, "mutation_probability") && search.mutation_probability == 0
          ? "search.mutation_probability is 0"
          : "";
  const std::string no_crossover =
      !has_effect(search, "crossover_probability") ? "search.algorithm is " + algorithm
      : search.crossover_probability == 0          ? "search.crossover_probability is 0"
                                                   : "";
  for (const auto& [name, weight] : search.operators) {
    const auto& all = search::weighted_operators();
    const auto op = std::ranges::find(all, name, [](const search::WeightedOperator& one) {
      return search::operator_name(one.op);
    });
    if (op == all.end() || weight == 0) continue;
    const bool mutates = op->kind == search::OperatorKind::kMutation;
    const std::string& because = mutates ? no_mutation : no_crossover;
    if (!because.empty()) odd.without_effect("search", "operators", because, name);
  }
}

void check_schedule_keys(Complaints& odd, const SearchConfig& search) {
  const std::string schedule = "search.schedule is " + search.schedule;
  if (search.schedule != "hurdle") odd.without_effect("search", "hurdle_percentile", schedule);
  if (search.schedule != "successive_halving" && search.schedule != "hyperband")
    odd.without_effect("search", "reduction_factor", schedule);
  if (search.repeats == 1) odd.without_effect("search", "racing", "search.repeats is 1");
  const std::string pruning = "search.pruning is " + search.pruning;
  if (search.pruning != "percentile") odd.without_effect("search", "pruning_percentile", pruning);
  if (search.pruning == "off")
    for (const char* key : {"pruning_startup", "pruning_warmup"})
      odd.without_effect("search", key, pruning);
}

void check_search(Complaints& odd, const Configuration& c) {
  const SearchConfig& search = c.search;
  if (search.tabu_limit == 0)
    odd.without_effect("search", "tabu_attempts", "search.tabu_limit is 0");
  check_schedule_keys(odd, search);
  if (c.workers > search.lookahead)
    odd.add(
        {{"workers", "count"}, {"search", "lookahead"}},
        fmt::format(
            "workers.count is {}, search.lookahead is {}; no more than the lookahead can be busy",
            c.workers, search.lookahead));
}

void check_policy_keys(Complaints& odd, const HashingConfig& hashing) {
  if (hashing.policy != hashing::Policy::kForget)
    for (const char* key : {"forget_probability", "forget_after"})
      odd.without_effect("hashing", key, "hashing.policy is not forget");
  if (hashing.policy != hashing::Policy::kAggregate)
    odd.without_effect("hashing", "max_evaluations", "hashing.policy is not aggregate");
}

void check_hashing(Complaints& odd, const Configuration& c) {
  const HashingConfig& hashing = c.hashing;
  check_policy_keys(odd, hashing);
  if (hashing.policy == hashing::Policy::kOff) {
    for (const char* key : {"verify_fraction", "warm_start"})
      odd.without_effect("hashing", key, "hashing.policy is off");
    const bool probes = hashing.record || c.search.functional_change > 0 || c.search.tabu_limit > 0;
    for (const char* key : {"capacity", "mantissa_bits", "grid"})
      if (!probes) odd.without_effect("hashing", key, "hashing.policy is off");
    return;
  }
  if (hashing.record)
    odd.without_effect("hashing", "record",
                       "digests are always stored unless hashing.policy is off");
  if (hashing.capacity < c.search.lookahead)
    odd.add(
        {{"hashing", "capacity"}, {"search", "lookahead"}},
        fmt::format("hashing.capacity is {}, search.lookahead is {}; a class is forgotten as soon "
                    "as it is not in flight",
                    hashing.capacity, c.search.lookahead));
}

}  // namespace

ConfigProblems contradictions(const Document& document, const Configuration& configuration,
                              const UnreadKeys& unread) {
  Complaints refused(document, unread);
  const SearchConfig& search = configuration.search;
  if (search.tournament_size > search.population_size &&
      wrote(document, "search", "tournament_size"))
    refused.add(
        {{"search", "tournament_size"}},
        fmt::format("search.tournament_size is {}, search.population_size is {}; expected a "
                    "tournament no larger than the population",
                    search.tournament_size, search.population_size));
  if (search.algorithm == "hill_climbing" && search.restart_after != 0 &&
      search.restart_after < search.neighbours)
    refused.add(
        {{"search", "restart_after"}, {"search", "neighbours"}},
        fmt::format("search.restart_after is {}, search.neighbours is {}; expected no fewer births "
                    "than a step takes, or every climb ends before it",
                    search.restart_after, search.neighbours));
  if (search.algorithm == "cma_es" && search.cma_population == 1)
    refused.add({{"search", "cma_population"}},
                "search.cma_population is 1; expected 0 or an integer from 2 to 1000000");
  if (search.repeats > 1 && configuration.hashing.policy == hashing::Policy::kAggregate)
    refused.add({{"search", "repeats"}, {"hashing", "policy"}},
                fmt::format("search.repeats is {}, hashing.policy is aggregate; expected one of "
                            "them: both repeat trials, for each candidate or for each behaviour",
                            search.repeats));
  if (search.repeats > 1 && configuration.hashing.warm_start)
    refused.add(
        {{"search", "repeats"}, {"hashing", "warm_start"}},
        fmt::format("search.repeats is {}, hashing.warm_start is true; expected one of them: "
                    "what earlier runs found out is a mean of trials with other seeds",
                    search.repeats));
  if (search.pruning != "off" && configuration.hashing.policy == hashing::Policy::kAggregate)
    refused.add({{"search", "pruning"}, {"hashing", "policy"}},
                fmt::format("search.pruning is {}, hashing.policy is aggregate; expected one of "
                            "them: a trial that was stopped early has no place in a mean",
                            search.pruning));
  const EvaluatorConfig& evaluator = configuration.evaluator;
  const bool is_script = evaluator.id == kScriptId;
  if (evaluator.isolation == "thread" && (is_script || !evaluator.command.empty()) &&
      wrote(document, "evaluator", "isolation"))
    refused.add(
        {{"evaluator", "isolation"}},
        fmt::format("evaluator.isolation is thread, {0}; expected process, or the key left "
                    "out: a {1} runs in processes of its own",
                    is_script ? "the evaluator is a script" : "evaluator.command is a program",
                    is_script ? "script" : "program"));
  return std::move(refused.all);
}

ConfigProblems oddities(const Document& document, const Configuration& configuration,
                        const UnreadKeys& unread) {
  Complaints odd(document, unread);
  check_budget(odd, configuration);
  check_search(odd, configuration);
  check_hashing(odd, configuration);
  add_new(odd.all, algorithm_oddities(document, configuration, unread));
  return std::move(odd.all);
}

ConfigProblems algorithm_oddities(const Document& document, const Configuration& configuration,
                                  const UnreadKeys& unread) {
  Complaints odd(document, unread);
  if (configuration.search.algorithm == "auto" || unread.contains("search.algorithm") ||
      unread.contains("search.island_algorithm"))
    return {};
  check_first_population(odd, configuration);
  check_algorithm_keys(odd, configuration.search);
  check_operator_weights(odd, configuration.search);
  return std::move(odd.all);
}

}  // namespace equivolve::engine
