// A searched designer against fixed ones, on landscapes that the search never saw.
//   sequence_search [designers=20] [rows=1000] [designs=64] [tests=4] [limit=3600] [FILE of GB1]
// The search: designers drawn from a search's ranges, each judged on landscapes of its own by the
// default fitness, from offline data only; the one with the best mean rank is the searched
// designer. Then it and every fixed method, with their default settings, make designs on `tests`
// other functions of each kind, and on as many draws of the rows of Nussinov folding and GB1, and
// the oracle tells p50. Prints a JSON object: of each method the mean of the paired differences
// (searched - fixed) and its 95 % interval, by bootstrap over landscapes (draws of one landscape
// count as one, by their mean), and how many methods are ahead of it for certain, and behind; each
// landscape's own figures on standard error. After `limit` seconds no further landscape begins.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>

#include "benchmarks/sequence_draws.hpp"
#include "evaluators/common/metrics/ranks.hpp"
#include "evaluators/sequence_design/fitness.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/tasks.hpp"

namespace {

using namespace equivolve;
using namespace equivolve::sequence_design;

struct Place {
  std::string landscape, file;
  std::uint64_t seed = 0;

  OfflineTask open(std::size_t rows) const {
    TaskSettings settings;
    settings.landscape = landscape;
    settings.file = file;
    settings.seed = seed;
    settings.rows = rows;
    return open_task(settings);
  }
  /// Of the function: seeds of these two draw other rows of the same one.
  std::string name() const {
    const bool is_one = landscape == "gb1" || landscape == "nussinov-30";
    return is_one ? landscape : landscape + "/" + std::to_string(seed);
  }
};

Designs run(const OfflineView& view, const DesignerSettings& settings) {
  return select_designs(design(view, settings, {}, {}).pool, view, settings.designs,
                        Selection::kDistinctTop, 0);
}

std::size_t searched(std::size_t designers, std::size_t rows, std::size_t designs) {
  const std::vector<Place> places{{"ehrlich-20x32", "", 0},
                                  {"ehrlich-20x32", "", 1},
                                  {"nk-4x20-2", "", 0},
                                  {"nk-20x6-1", "", 0}};
  std::vector<double> sums(designers, 0.0);  // of ranks, the highest is best
  for (const Place& place : places) {
    const OfflineTask task = place.open(rows);
    const Referees referees(task.offline, 5, 64, 20, 0x5EFE, {});
    std::vector<double> fitness;
    for (std::size_t i = 0; i < designers; ++i) {
      DesignerSettings d = benchmarks::draw_designer(i);
      d.designs = designs;
      fitness.push_back(judged_fitness(referees, run(task.offline, d).sequences, d.designs, 1));
    }
    const std::vector<double> own = metrics::ranks(fitness);
    for (std::size_t i = 0; i < designers; ++i) sums[i] += own[i];
  }
  return static_cast<std::size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
}

struct Interval {
  double mean, low, high;
};

Interval bootstrap(const std::vector<double>& differences) {
  constexpr std::size_t kDraws = 10'000;
  hashing::Stream stream(11, hashing::Purpose::kBootstrap, 0);
  const std::size_t n = differences.size();
  std::vector<double> means;
  for (std::size_t b = 0; b < kDraws; ++b) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += differences[stream.below(n)];
    means.push_back(sum / static_cast<double>(n));
  }
  double mean = 0;
  for (const double one : differences) mean += one / static_cast<double>(n);
  return {mean, percentile(means, 0.025), percentile(means, 0.975)};
}

/// One number a landscape.
std::vector<double> means_of(const std::map<std::string, std::vector<double>>& by_landscape) {
  std::vector<double> out;
  for (const auto& [name, values] : by_landscape)
    out.push_back(std::accumulate(values.begin(), values.end(), 0.0) /
                  static_cast<double>(values.size()));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const auto start = std::chrono::steady_clock::now();
  std::map<std::string, std::size_t> numbers{
      {"designers", 20}, {"rows", 1000}, {"designs", 64}, {"tests", 4}, {"limit", 3600}};
  std::string gb1;
  for (int i = 1; i < argc; ++i) {
    const std::string text = argv[i];
    const std::size_t at = text.find('=');
    if (at == std::string::npos)
      gb1 = text;
    else
      numbers[text.substr(0, at)] = std::strtoull(text.c_str() + at + 1, nullptr, 10);
  }
  const std::size_t chosen = searched(numbers["designers"], numbers["rows"], numbers["designs"]);
  DesignerSettings winner = benchmarks::draw_designer(chosen);
  winner.designs = numbers["designs"];
  const auto is_late = [&] {
    return std::chrono::steady_clock::now() - start > std::chrono::seconds(numbers["limit"]);
  };
  std::fprintf(stderr, "searched: designer %zu, %s on %s\n", chosen,
               method_names()[static_cast<std::size_t>(winner.method)].c_str(),
               proxy_names()[static_cast<std::size_t>(winner.proxy)].c_str());
  // By method and landscape.
  std::map<std::string, std::map<std::string, std::vector<double>>> differences;
  std::map<std::string, std::vector<double>> own_p50;
  for (std::size_t t = 0; t < numbers["tests"]; ++t) {
    std::vector<Place> places{{"nk-20x6-1", "", 10 + t},
                              {"ehrlich-20x32", "", 10 + t},
                              {"nussinov-30", "", 10 + t},
                              {"nk-4x20-2", "", 10 + t}};
    if (!gb1.empty()) places.push_back({"gb1", gb1, 10 + t});
    for (const Place& place : places) {
      if (is_late()) break;
      const OfflineTask task = place.open(numbers["rows"]);
      winner.seed = t;
      const double own = oracle_figures(run(task.offline, winner).sequences, *task.oracle).p50;
      own_p50[place.name()].push_back(own);
      std::fprintf(stderr, "%s %zu searched %.4f\n", place.landscape.c_str(), 10 + t, own);
      for (std::size_t m = 0; m < method_names().size(); ++m) {
        DesignerSettings fixed;
        fixed.method = static_cast<Method>(m);
        if (fixed.method == Method::kExhaustive) continue;
        fixed.designs = numbers["designs"];
        fixed.landmarks = 1024;
        fixed.width = 64;
        fixed.seed = t;
        const double p50 = oracle_figures(run(task.offline, fixed).sequences, *task.oracle).p50;
        differences[method_names()[m]][place.name()].push_back(own - p50);
        std::fprintf(stderr, "%s %zu %s %.4f\n", place.landscape.c_str(), 10 + t,
                     method_names()[m].c_str(), p50);
      }
    }
  }
  std::printf("{\"searched\": %zu, \"method\": \"%s\", \"p50\": %.4f, \"rows\": %zu", chosen,
              method_names()[static_cast<std::size_t>(winner.method)].c_str(),
              bootstrap(means_of(own_p50)).mean, numbers["rows"]);
  std::size_t ahead = 0, behind = 0;
  for (const auto& [method, values] : differences) {
    const Interval told = bootstrap(means_of(values));
    ahead += told.high < 0 ? 1 : 0;
    behind += told.low > 0 ? 1 : 0;
    std::printf(
        ", \"%s\": {\"difference\": %.4f, \"low\": %.4f, \"high\": %.4f, \"landscapes\": %zu}",
        method.c_str(), told.mean, told.low, told.high, values.size());
  }
  std::printf(", \"methods_ahead_of_it\": %zu, \"methods_behind_it\": %zu}\n", ahead, behind);
}
