// One designer of sequence_design against a landscape's oracle, over seeds: means as one line of
// JSON, each seed's own figures on standard error.
//   sequence_designers LANDSCAPE [FILE] key=value ...
//     method=evolution proxy=pairwise seeds=5 first=0 select=distinct_top rows=0 ...
// Each seed draws other rows and seeds the designer; of Ehrlich functions it is function=0 (its
// seed) whose campaign the rows are drawn from.
// raw_p50, raw_p100, raw_unique: of the method's own output, whatever `select` is. against=METHOD
// runs that method with the same proxy beside it: against_p50 is the mean of the quotients of the
// two p50.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
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

/// The landscape with rows drawn by `seed`.
OfflineTask open_draw(TaskSettings settings, std::uint64_t seed, std::uint64_t function) {
  constexpr std::size_t kCampaignRows = 5000, kAll = std::size_t{1} << 40;
  settings.seed = seed;
  if (settings.landscape.rfind("ehrlich", 0) != 0) return open_task(settings);
  const std::size_t rows = settings.rows > 0 ? settings.rows : kCampaignRows;
  settings.seed = function;
  settings.rows = kAll;
  OfflineTask task = open_task(settings);
  task.offline = rows_of(task.offline, draw_rows(task.offline.size(), rows, seed));
  return task;
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
  std::set<std::string> read{"method", "proxy", "directions", "select", "gamma", "against"};
  const auto number = [&](const char* key, double fallback) {
    read.insert(key);
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
  s.mutation = number("mutation", s.mutation);
  s.quantile = number("quantile", s.quantile);
  s.population = count("population", s.population);
  s.generations = count("generations", s.generations);
  const auto select = static_cast<Selection>(position(selection_names(), keys["select"]));
  task_settings.reduced = number("reduced", 0) > 0;

  task_settings.rows = count("rows", 0);
  const std::size_t seeds = count("seeds", 5), first = count("first", 0);
  const std::size_t function = count("function", 0);
  for (const auto& [key, value] : keys)
    if (!read.contains(key)) {
      std::fprintf(stderr, "no such key: %s\n", key.c_str());
      return 2;
    }
  Mean p100, p50, unique, fit, search, filled, quotient, raw_p100, raw_p50, raw_unique;
  double offline_best = 0;
  const auto figures_of = [&](const OfflineTask& task, Method method, Designed& made,
                              Designs& designs) {
    DesignerSettings own = s;
    own.method = method;
    made = design(task.offline, own, {}, {});
    designs = select_designs(made.pool, task.offline, s.designs, select, 0);
    return oracle_figures(designs.sequences, *task.oracle);
  };
  for (std::size_t seed = first; seed < first + seeds; ++seed) {
    const OfflineTask task = open_draw(task_settings, seed, function);
    s.seed = seed + 1;
    Designed made;
    Designs designs;
    const OracleFigures told = figures_of(task, s.method, made, designs);
    const double different = design_figures(designs.sequences, task.offline).unique;
    p100.add(told.p100);
    p50.add(told.p50);
    unique.add(different);
    filled.add(static_cast<double>(designs.filled));
    std::fprintf(stderr, "%s %s %s seed %zu p100 %.4f p50 %.4f unique %.0f\n",
                 task_settings.landscape.c_str(), keys["method"].c_str(), keys["proxy"].c_str(),
                 seed, told.p100, told.p50, different);
    const Designs own = select_designs(made.pool, task.offline, s.designs, Selection::kRaw, 0);
    const OracleFigures plain = oracle_figures(own.sequences, *task.oracle);
    raw_unique.add(design_figures(own.sequences, task.offline).unique);
    raw_p100.add(plain.p100);
    raw_p50.add(plain.p50);
    if (!keys["against"].empty()) {
      Designed other;
      Designs others;
      const auto method = static_cast<Method>(position(method_names(), keys["against"]));
      quotient.add(told.p50 / figures_of(task, method, other, others).p50);
    }
    fit.add(made.fit_seconds);
    search.add(made.search_seconds);
    for (const Sequence& x : task.offline.sequences)
      offline_best = std::max(offline_best, task.oracle->normalised(x).value_or(0));
  }
  std::printf(
      "{\"landscape\": \"%s\", \"method\": \"%s\", \"proxy\": \"%s\", \"p100\": %.4f, "
      "\"p100_std\": %.4f, \"p50\": %.4f, \"p50_std\": %.4f, \"unique\": %.1f, \"filled\": %.1f, "
      "\"offline_best\": %.4f, \"fit_s\": %.2f, \"search_s\": %.2f, \"seeds\": %zu, "
      "\"raw_p100\": %.4f, \"raw_p50\": %.4f, \"raw_p50_std\": %.4f, \"raw_unique\": %.1f, "
      "\"against_p50\": %.4f}\n",
      task_settings.landscape.c_str(), keys["method"].c_str(), keys["proxy"].c_str(), p100.mean(),
      p100.deviation(), p50.mean(), p50.deviation(), unique.mean(), filled.mean(), offline_best,
      fit.mean(), search.mean(), seeds, raw_p100.mean(), raw_p50.mean(), raw_p50.deviation(),
      raw_unique.mean(), quotient.n > 0 ? quotient.mean() : 0);
}
