// The AutoML-Zero demo as a library: search, interpreter and hash in one loop on one thread,
// without the engine, its plugins' checks, clocks and stores. What the engine adds is seen beside
// it (engine_rates.py demo).
//
//   demo_search [--candidates 300000] [--seed 1] [--no-cache]
//
// Regularized evolution (population 1000, tournament 10, mutation 0.9) on 10 linear tasks of
// dimension 4, 100 + 100 examples, the demo's operations and lengths; requests are asked for 16
// tickets ahead, as the engine does. Prints one JSON object: candidates, evaluations, cpu_us (CPU
// time of the thread a candidate), rate (candidates a second of it), best.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "benchmarks/demo_parts.hpp"
#include "benchmarks/measuring.hpp"
#include "engine/plugins/probe_sink.hpp"
#include "hashing/equivalence_cache.hpp"
#include "search/algorithms/searcher.hpp"

namespace equivolve {
namespace {

namespace domain = algorithm_discovery;

struct Arguments {
  std::uint64_t candidates = 300'000, seed = 1;
  bool cache = true;
};

Arguments read_arguments(int argc, char** argv) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string key = argv[i];
    if (key == "--no-cache")
      out.cache = false;
    else if (key == "--candidates" && i + 1 < argc)
      out.candidates = std::strtoull(argv[++i], nullptr, 10);
    else if (key == "--seed" && i + 1 < argc)
      out.seed = std::strtoull(argv[++i], nullptr, 10);
  }
  return out;
}

/// The evaluator on one problem.
class Domain {
 public:
  explicit Domain(std::uint64_t seed)
      : parts_(seed), trial_(parts_.trial_on(interpreters::preferred_lane_kind())), seed_(seed) {}

  const search::ProgramSpace& space() const { return parts_.space; }
  std::size_t figure_count() const { return parts_.figures.table().size(); }

  void prepare(const search::Genome& genome) { parts_.prune(genome); }
  /// Of the program that was prepared last.
  hashing::ProbeDigest probe() {
    search::canonical_bytes(parts_.program, key_);
    const engine::ProbeSink sink(settings_, &known_, seed_);
    sdk::OutputSink face(*sink.sink());
    if (face.known(key_)) return sink.finish();
    const std::uint64_t length = trial_.length(parts_.program, *parts_.tasks);
    parts_.probe(seed_, length <= parts_.settings.options.max_live_instructions, face);
    return sink.finish();
  }
  /// Of the program that was prepared last. Empty figures: it failed.
  std::vector<double> evaluate() { return parts_.evaluate(trial_, seed_); }

 private:
  benchmarks::DemoParts parts_;
  domain::Trial trial_;
  std::uint64_t seed_;
  const hashing::SinkSettings settings_ = engine::sink_settings(0, true, {});
  engine::KnownProbes known_;
  std::vector<std::byte> key_;
};

hashing::CacheSettings cache_settings(const Domain& domain, const Arguments& arguments) {
  hashing::CacheSettings settings;
  settings.figures = static_cast<std::uint32_t>(domain.figure_count());
  settings.seed = arguments.seed;
  return settings;
}

class DemoSearch {
 public:
  explicit DemoSearch(const Arguments& arguments)
      : arguments_(arguments),
        domain_(arguments.seed),
        cache_(cache_settings(domain_, arguments)),
        searcher_(evolution(), std::make_shared<search::Space>(domain_.space()), arguments.seed) {}

  void run() {
    for (std::uint64_t ticket = 0; ticket < arguments_.candidates; ++ticket) {
      while (asked_ < arguments_.candidates && asked_ < ticket + requests_.size()) {
        auto request = searcher_.ask(asked_);
        if (!request) break;
        requests_[asked_++ % requests_.size()] = std::move(*request);
      }
      settle(requests_[ticket % requests_.size()]);
    }
  }
  std::uint64_t evaluations() const { return evaluations_; }
  double best() const { return best_; }

 private:
  static search::RegularizedEvolution evolution() {
    search::RegularizedEvolutionSettings settings;
    settings.population_size = 1000;
    return search::RegularizedEvolution(settings);
  }

  void settle(const search::Request& request) {
    search::Bred bred = searcher_.vary(request, 0);
    const auto genome = std::make_shared<search::Genome>(std::move(bred.genome));
    const search::Candidate candidate{request.birth, genome, request.recipe.first_parent,
                                      request.recipe.second_parent, bred.op};
    searcher_.tell(request, candidate, outcome_of(request.ticket, *genome));
  }

  search::Outcome outcome_of(std::uint64_t ticket, const search::Genome& genome) {
    domain_.prepare(genome);
    hashing::Verdict verdict;
    if (arguments_.cache) verdict = cache_.look_up(domain_.probe(), 0, ticket);
    if (verdict.kind != hashing::Verdict::Kind::kEvaluate) {
      const hashing::Recalled* known = cache_.recall(verdict.cls, 0);
      return known && !known->mean.empty() ? worth(known->mean[0]) : search::Outcome();
    }
    const std::vector<double> figures = domain_.evaluate();
    ++evaluations_;
    if (arguments_.cache) cache_.settle(verdict.cls, 0, figures.empty(), 0, figures, 0);
    return figures.empty() ? search::Outcome() : worth(figures[0]);
  }

  search::Outcome worth(double fitness) {
    best_ = std::max(best_, fitness);
    search::Outcome outcome;
    outcome.ranked = true;
    outcome.objectives = {fitness};
    return outcome;
  }

  Arguments arguments_;
  Domain domain_;
  hashing::EquivalenceCache cache_;
  search::Searcher searcher_;
  std::array<search::Request, 16> requests_;
  std::uint64_t asked_ = 0, evaluations_ = 0;
  double best_ = -std::numeric_limits<double>::infinity();
};

int main_of(const Arguments& arguments) {
  DemoSearch search(arguments);
  const double before = benchmarks::cpu_seconds();
  search.run();
  const double seconds = benchmarks::cpu_seconds() - before;
  const auto candidates = static_cast<double>(arguments.candidates);
  std::printf(
      "{\"candidates\": %llu, \"evaluations\": %llu, \"cpu_us\": %.4f, \"rate\": %.0f, "
      "\"best\": %.6f}\n",
      static_cast<unsigned long long>(arguments.candidates),
      static_cast<unsigned long long>(search.evaluations()), 1e6 * seconds / candidates,
      candidates / seconds, search.best());
  return 0;
}

}  // namespace
}  // namespace equivolve

int main(int argc, char** argv) {
  return equivolve::main_of(equivolve::read_arguments(argc, argv));
}
