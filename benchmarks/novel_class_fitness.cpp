// Which fitness picks candidates that find novel classes? Candidates of novel_class_discovery
// (every method with its defaults, then some drawn at random from the whole space) are judged on
// known classes that play novel, by both measures of options.folds.measure, and told the novel test
// rows, which no fitness sees.
//
//   novel_class_fitness --data FILE --novel a,b,c [--candidates N] [--epochs N] [--max-rows N]
//       [--seeds N] [--only METHOD] [--estimate] [--drop COLUMN] [--rows] [--json]
//
// Printed, of each measure, over seeds: Spearman's rank correlation with the accuracy on the novel
// test rows, and the mean test accuracy of the candidate that it puts first, beside that of the
// best candidate. --rows: a line for each candidate.
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/arguments.hpp"
#include "evaluators/common/metrics/ranks.hpp"
#include "evaluators/novel_class_discovery/space.hpp"
#include "evaluators/novel_class_discovery/trial.hpp"
#include "evaluators/sdk/evaluator.hpp"
#include "hashing/stream.hpp"
#include "search/variation/configuration_variation.hpp"

namespace equivolve::benchmarks {
namespace {

using namespace equivolve::novel_class_discovery;  // NOLINT: a program of one file

struct Arguments {
  std::string data, only;
  std::vector<std::string> novel, drop;
  std::size_t candidates = 24, epochs = 20, most_rows = 1200, seeds = 3;
  bool estimate = false, rows = false, json = false;
};

constexpr std::size_t kPbn = static_cast<std::size_t>(MethodKind::kPbn);

struct Judged {
  double accuracy = 0, overlap = 0, test = 0;
};

struct Measure {
  const char* name;
  double Judged::*value;
  double correlation = 0, first = 0;
};

class Comparison {
 public:
  explicit Comparison(const Arguments& a) : a_(a), opened_(open_problem(data_of(a))) {
    options_.estimate = a.estimate;
    if (!a.estimate) options_.classes = a.novel.size();
    options_.count.most = 15;
    options_.count.repeats = 2;
    options_.count.most_rows = 800;
    options_.restarts = 5;
    options_.most_rows = a.most_rows;
    const LearningRows& train = opened_.problem.train;
    facts_ = {train.known.columns, train.classes, options_.classes.value_or(5),
              train.known.rows + train.unlabelled.rows};
  }

  void run() {
    double best = 0, chance = 0, defaults = 0;
    for (std::size_t seed = 1; seed <= a_.seeds; ++seed) {
      std::vector<Judged> all;
      const Space any = read_space(default_space(facts_));
      const auto& space = std::get<search::ConfigurationSpace>(any);
      for (const search::Genome& genome : candidates(space, seed)) {
        const auto judged = judge(method_of(genome.flat, space, facts_), seed);
        if (!judged) continue;
        all.push_back(*judged);
        if (a_.rows) print_row(search::genome_text(genome.flat, space), *judged);
      }
      const double share = 1 / static_cast<double>(a_.seeds);
      for (Measure& m : measures_) add(m, all, share);
      if (!all.empty()) defaults += share * all[a_.only.empty() ? kPbn : 0].test;
      for (const Judged& j : all) chance += share * j.test / static_cast<double>(all.size());
      best += share * std::max_element(all.begin(), all.end(), [](const auto& x, const auto& y) {
                        return x.test < y.test;
                      })->test;
    }
    print(best, chance, defaults);
  }

 private:
  static DataSettings data_of(const Arguments& a) {
    DataSettings data;
    data.file = a.data;
    data.target = "label";
    data.split = "split";
    data.novel = a.novel;
    if (!a.drop.empty()) data.columns.drop = a.drop;
    return data;
  }

  std::vector<search::Genome> candidates(const search::ConfigurationSpace& space,
                                         std::size_t seed) const {
    std::vector<search::Genome> out;
    const auto is_wanted = [&](const search::Genome& genome) {
      return a_.only.empty() ||
             search::ConfigurationView(genome.flat, space).choice_of("method") == a_.only;
    };
    for (std::string_view name : kMethodNames)
      out.push_back(*search::parse_genome("method: " + std::string(name) + "\n", space));
    std::erase_if(out, [&](const search::Genome& genome) { return !is_wanted(genome); });
    hashing::Stream stream(seed, hashing::Purpose::kTest, 0);
    while (out.size() < a_.candidates) {
      search::Genome drawn = search::random_genome(space, stream);
      if (is_wanted(drawn)) out.push_back(std::move(drawn));
    }
    return out;
  }

  std::optional<Judged> judge(const Method& method, std::size_t seed) const {
    TrialSettings how;
    how.epochs = a_.epochs;
    how.seed = seed;
    how.parallel_for = [](std::size_t n, const std::function<void(std::size_t)>& body) {
      for (std::size_t i = 0; i < n; ++i) body(i);
    };
    const TrialOutcome found = validate(method, opened_.problem.train, options_, how);
    const TrialOutcome told = test_trial(method, opened_.problem, opened_.truth, options_, how);
    if (found.end != DiscoveryEnd::kDone || told.end != DiscoveryEnd::kDone) return std::nullopt;
    return Judged{found.by_accuracy, found.by_overlap, told.inductive.accuracy};
  }

  static void add(Measure& m, const std::vector<Judged>& all, double share) {
    std::vector<double> fitness, test;
    for (const Judged& j : all) {
      fitness.push_back(j.*m.value);
      test.push_back(j.test);
    }
    const auto first = std::max_element(fitness.begin(), fitness.end()) - fitness.begin();
    m.correlation += share * metrics::rank_correlation(fitness, test);
    m.first += share * test[static_cast<std::size_t>(first)];
  }

  static void print_row(std::string text, const Judged& j) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::printf("  accuracy %.3f overlap %.3f test %.3f  %s\n", j.accuracy, j.overlap, j.test,
                text.c_str());
    std::fflush(stdout);
  }

  void print(double best, double chance, double defaults) const {
    if (a_.json) {
      std::printf("{\"best\": %.4f, \"mean\": %.4f, \"defaults\": %.4f", 100 * best, 100 * chance,
                  100 * defaults);
      for (const Measure& m : measures_)
        std::printf(", \"%s\": {\"correlation\": %.4f, \"first\": %.4f}", m.name, m.correlation,
                    100 * m.first);
      std::printf(", \"gain\": %.4f}\n", 100 * (measures_[1].first - measures_[0].first));
      return;
    }
    std::printf("best of all %.1f %%, mean of all %.1f %%, %s with its defaults %.1f %%\n",
                100 * best, 100 * chance, a_.only.empty() ? "pbn" : a_.only.c_str(),
                100 * defaults);
    for (const Measure& m : measures_)
      std::printf("%-10s rank correlation %.2f, its first %.1f %%\n", m.name, m.correlation,
                  100 * m.first);
  }

  const Arguments& a_;
  OpenedProblem opened_;
  Options options_;
  SpaceFacts facts_;
  std::vector<Measure> measures_{{"accuracy", &Judged::accuracy}, {"overlap", &Judged::overlap}};
};

bool read_arguments(int argc, char** argv, Arguments& a) {
  const Argument known[] = {{"--data", &a.data},
                            {"--novel", &a.novel},
                            {"--drop", &a.drop},
                            {"--only", &a.only},
                            {"--candidates", &a.candidates},
                            {"--epochs", &a.epochs},
                            {"--max-rows", &a.most_rows},
                            {"--seeds", &a.seeds},
                            {"--estimate", &a.estimate},
                            {"--rows", &a.rows},
                            {"--json", &a.json}};
  const auto is_method = [](std::string_view name) {
    return std::find(kMethodNames.begin(), kMethodNames.end(), name) != kMethodNames.end();
  };
  return parse_arguments(argc, argv, known) && !a.data.empty() && !a.novel.empty() && a.seeds > 0 &&
         (a.only.empty() || is_method(a.only)) &&
         a.candidates >= (a.only.empty() ? kMethodNames.size() : 1);
}

}  // namespace
}  // namespace equivolve::benchmarks

int main(int argc, char** argv) {
  equivolve::benchmarks::Arguments arguments;
  if (!equivolve::benchmarks::read_arguments(argc, argv, arguments)) {
    std::fprintf(stderr, "usage: novel_class_fitness --data FILE --novel a,b,c ...\n");
    return 2;
  }
  try {
    equivolve::benchmarks::Comparison(arguments).run();
  } catch (const equivolve::sdk::Refused& refused) {
    std::fprintf(stderr, "novel_class_fitness: %s\n", refused.what());
    return 1;
  }
}
