#include "engine/config/algorithm_choice.hpp"

#include <fmt/format.h>

#include "engine/config/contradictions.hpp"
#include "engine/config/search_keys_in_use.hpp"
#include "search/algorithms/cma_es.hpp"
#include "search/algorithms/grid.hpp"

namespace equivolve::engine {
namespace {

bool needs_configurations(const std::string& algorithm) {
  return algorithm == "tpe" || algorithm == "cma_es" || algorithm == "grid";
}

bool is_small(const BudgetConfig& budget) {
  return (budget.evaluations && *budget.evaluations < kTpeEvaluations) ||
         (budget.candidates && *budget.candidates < kTpeEvaluations);
}

}  // namespace

std::string settled_algorithm(const Configuration& c, std::size_t objectives) {
  if (c.search.algorithm != "auto") return c.search.algorithm;
  if (c.representation != "configuration") return "regularized_evolution";
  if (objectives > 1) return "nsga2";
  return is_small(c.budget) ? "tpe" : "regularized_evolution";
}

ConfigProblems settle_algorithm(ReadConfiguration& read, std::size_t objectives) {
  Configuration& c = read.configuration;
  if (c.search.algorithm == "auto") {
    c.search.algorithm = settled_algorithm(c, objectives);
    c.search.algorithm_is_default = true;
    fill_search_defaults(c.search, read.document);
    // What keys say against each other could not be told before.
    add_new(read.warnings, algorithm_oddities(read.document, c, read.unread_keys));
  }
  const bool begins_elsewhere = c.search.algorithm == "cma_es" || c.search.algorithm == "grid";
  if (begins_elsewhere && !c.search.initial.is_empty())
    return {read.document.problem_at_pointer(
        "/search/initial", false,
        fmt::format("search.algorithm is '{}', which does not begin with random candidates, whose "
                    "places those of search.initial take; expected another algorithm, or no "
                    "search.initial",
                    c.search.algorithm))};
  if (!needs_configurations(c.search.algorithm) || c.representation == "configuration") return {};
  return {read.document.problem_at_pointer(
      "/search/algorithm", false,
      fmt::format("search.algorithm is '{}', which searches configurations only; "
                  "space.representation is '{}'; expected another algorithm",
                  c.search.algorithm, c.representation))};
}

ConfigProblems check_algorithm(const ReadConfiguration& read, const search::Space& space) {
  const auto* configurations = std::get_if<search::ConfigurationSpace>(&space);
  if (read.configuration.search.algorithm != "cma_es" || !configurations) return {};
  const std::string why = search::refused_by_cma_es(*configurations);
  if (why.empty()) return {};
  return {read.document.problem_at_pointer(
      "/search/algorithm", false,
      fmt::format("search.algorithm is 'cma_es', and {}; expected floats and integers without "
                  "conditions, or another algorithm, such as tpe",
                  why))};
}

void warn_of_large_grid(ReadConfiguration& read, const search::Space& space) {
  const Configuration& c = read.configuration;
  const auto* configurations = std::get_if<search::ConfigurationSpace>(&space);
  if (c.search.algorithm != "grid" || !configurations || !c.budget.candidates) return;
  const double points = search::most_grid_points(*configurations, {c.search.grid_points});
  if (points <= static_cast<double>(*c.budget.candidates)) return;
  read.warnings.push_back(read.document.problem_at_pointer(
      "/search/algorithm", false,
      fmt::format(
          "the grid has up to {:.0f} points and budget.candidates is {}; the last parameter "
          "changes fastest, so the first ones may keep their first values",
          points, *c.budget.candidates)));
}

}  // namespace equivolve::engine
