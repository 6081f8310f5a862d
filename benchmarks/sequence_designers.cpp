// Designers of sequence_design against a landscape's oracle, over seeds: one line of JSON each.
//   sequence_designers LANDSCAPE [FILE] key=value ...
//     method=evolution proxy=pairwise seeds=5 select=distinct_top ...
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/tasks.hpp"

namespace {

using namespace equivolve::sequence_design;
using Keys = std::map<std::string, std::string>;

std::size_t position(const std::vector<std::string>& names, const std::string& name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return i;
  std::fprintf(stderr, "no such name: %s\n", name.c_str());
  std::exit(2);
}

struct Mean {
  double sum = 0, squares = 0, n = 0;
  void add(double x) {
    sum += x;
    squares += x * x;
    n += 1;
  }
  double mean() const { return sum / n; }
  double deviation() const { return std::sqrt(std::max(0.0, squares / n - mean() * mean())); }
};

}  // namespace

int main(int argc, char** argv) {
  Keys keys{{"method", "evolution"},    {"proxy", "pairwise"},  {"seeds", "5"},
            {"select", "distinct_top"}, {"directions", "both"}, {"gamma", "learned"}};
  TaskSettings task_settings;
  if (argc < 2) return 2;
  task_settings.landscape = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i];
    const std::size_t at = text.find('=');
    if (at == std::string::npos)
      task_settings.file = text;
    else
      keys[text.substr(0, at)] = text.substr(at + 1);
  }
  const auto number = [&](const char* key, double fallback) {
    const auto found = keys.find(key);
    return found == keys.end() ? fallback : std::atof(found->second.c_str());
  };
  const auto count = [&](const char* key, std::size_t fallback) {
    return static_cast<std::size_t>(number(key, static_cast<double>(fallback)));
  };
  DesignerSettings s;
  s.method = static_cast<Method>(position(method_names(), keys["method"]));
  s.proxy = static_cast<ProxyKind>(position(proxy_names(), keys["proxy"]));
  s.directions = static_cast<Directions>(position(direction_names(), keys["directions"]));
  s.lambda = number("lambda", s.lambda);
  s.beta = number("beta", s.beta);
  s.landmarks = count("landmarks", s.landmarks);
  s.max_memory_mb = count("max_memory_mb", s.max_memory_mb);
  s.ensemble = count("ensemble", s.ensemble);
  s.width = count("width", s.width);
  s.epochs = count("epochs", s.epochs);
  s.steps = count("steps", s.steps);
  s.rate = number("rate", s.rate);
  s.target = number("target", s.target);
  if (keys["gamma"] != "learned") s.gamma = number("gamma", 1);
  s.learned_rate = number("learned_rate", 0) > 0;
  s.population = count("population", s.population);
  s.generations = count("generations", s.generations);
  const auto select = static_cast<Selection>(position(selection_names(), keys["select"]));
  task_settings.reduced = number("reduced", 0) > 0;

  const std::size_t seeds = count("seeds", 5);
  Mean p100, p50, unique, fit, search, filled;
  double offline_best = 0;
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    task_settings.seed = task_settings.landscape.rfind("ehrlich", 0) == 0 ? 0 : seed;
    const OfflineTask task = open_task(task_settings);
    s.seed = seed + 1;
    const Designed made = design(task.offline, s, {}, {});
    const Designs designs = select_designs(made.pool, task.offline, s.designs, select, 0);
    const OracleFigures told = oracle_figures(designs.sequences, *task.oracle);
    p100.add(told.p100);
    p50.add(told.p50);
    unique.add(design_figures(designs.sequences, task.offline).unique);
    filled.add(static_cast<double>(designs.filled));
    fit.add(made.fit_seconds);
    search.add(made.search_seconds);
    for (const Sequence& x : task.offline.sequences)
      offline_best = std::max(offline_best, task.oracle->normalised(x).value_or(0));
  }
  std::printf(
      "{\"landscape\": \"%s\", \"method\": \"%s\", \"proxy\": \"%s\", \"p100\": %.4f, "
      "\"p100_std\": %.4f, \"p50\": %.4f, \"p50_std\": %.4f, \"unique\": %.1f, \"filled\": %.1f, "
      "\"offline_best\": %.4f, \"fit_s\": %.2f, \"search_s\": %.2f}\n",
      task_settings.landscape.c_str(), keys["method"].c_str(), keys["proxy"].c_str(), p100.mean(),
      p100.deviation(), p50.mean(), p50.deviation(), unique.mean(), filled.mean(), offline_best,
      fit.mean(), search.mean());
}
