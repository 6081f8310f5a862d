// Programs a second of each part of a trial, on one thread and without an engine: pruning and
// decoding, the probe, and full evaluations on the scalar interpreter, in AVX2 and in AVX-512
// lanes. All in one process and in turn, so that ratios hold on a busy machine; times are CPU time
// of the thread.
//
//   program_lanes [--problem demo|quickstart] [--candidates 20000] [--rounds 5] [--seed 1] [--json]
//
// The programs are those that a regularized evolution (population 1000, tournament 10, mutation
// 0.9) breeds, in order. demo: 10 linear tasks of dimension 4, 100 + 100 examples, the six
// operations and lengths 10 / 2 / 8 of the AutoML-Zero demo. quickstart: examples/quickstart.yaml.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "benchmarks/demo_parts.hpp"
#include "benchmarks/measuring.hpp"
#include "engine/plugins/probe_sink.hpp"
#include "search/variation/program_variation.hpp"

namespace equivolve {
namespace {

namespace domain = algorithm_discovery;
using interpreters::LaneKind;

struct Arguments {
  std::string problem = "demo";
  int candidates = 20000;
  int rounds = 5;
  std::uint64_t seed = 1;
  bool json = false;
};

Arguments read_arguments(int argc, char** argv) {
  std::map<std::string, std::string> given;
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string key = argv[i];
    if (key == "--json")
      out.json = true;
    else if (i + 1 < argc)
      given[key] = argv[++i];
  }
  if (given.count("--problem")) out.problem = given["--problem"];
  if (given.count("--candidates")) out.candidates = std::atoi(given["--candidates"].c_str());
  if (given.count("--rounds")) out.rounds = std::atoi(given["--rounds"].c_str());
  if (given.count("--seed")) out.seed = std::strtoull(given["--seed"].c_str(), nullptr, 10);
  return out;
}

/// The programs that are measured, and what is measured of them.
class Bench {
 public:
  explicit Bench(const Arguments& arguments)
      : parts_(arguments.seed, settings_of(arguments.problem)) {}

  void breed(int candidates, std::uint64_t seed) {
    struct Member {
      search::Program program;
      double fitness;
    };
    std::deque<Member> population;
    const domain::Trial trial = trial_on(interpreters::preferred_lane_kind());
    for (int n = 0; n < candidates; ++n) {
      hashing::Stream stream(seed, hashing::Purpose::kVary, static_cast<std::uint64_t>(n));
      search::Program child;
      if (n < 1000) {
        child = search::random_program(parts_.space, stream);
      } else {
        const Member* best = nullptr;
        for (int t = 0; t < 10; ++t) {
          const Member& one = population[stream.below(population.size())];
          if (!best || one.fitness > best->fitness) best = &one;
        }
        child = stream.chance(0.9) ? search::mutate(best->program, parts_.space, stream).program
                                   : best->program;
      }
      genomes_.push_back(search::to_genome(child));
      population.push_back({std::move(child), evaluate(trial, genomes_.back())});
      if (population.size() > 1000) population.pop_front();
    }
  }

  void prune(const search::Genome& genome) { parts_.prune(genome); }
  void prune_and_decode(const search::Genome& genome) {
    prune(genome);
    lanes_.load(parts_.program, parts_.space.memories,
                static_cast<std::uint32_t>(parts_.tasks->lanes().groups()[0].lanes.size()),
                LaneKind::kAvx2);
  }
  void probe(const search::Genome& genome) {
    prune(genome);
    const engine::ProbeSink sink(engine::sink_settings(0, true, {}));
    sdk::OutputSink face(*sink.sink());
    parts_.probe(1, true, face);
    check_ += static_cast<double>(sink.finish().key.lo & 1);
  }
  double evaluate(const domain::Trial& trial, const search::Genome& genome) {
    prune(genome);
    const std::vector<double> figures = parts_.evaluate(trial, 1);
    return figures.empty() ? 0 : figures[0];
  }
  domain::Trial trial_on(LaneKind kind) const { return parts_.trial_on(kind); }

  const std::vector<search::Genome>& genomes() const { return genomes_; }
  double check() const { return check_; }

 private:
  static domain::Settings settings_of(const std::string& problem) {
    if (problem != "quickstart") return benchmarks::demo_settings();
    domain::Settings settings;
    settings.table = domain::TableData{"data/breast_cancer.csv", "diagnosis", 0.2, 0};
    settings.options.epochs = 3;
    return settings;
  }

  benchmarks::DemoParts parts_;
  std::vector<search::Genome> genomes_;
  interpreters::LaneMachine lanes_;
  double check_ = 0;
};

struct Measured {
  std::string name;
  std::vector<double> microseconds;  // a program, by round
  double median() const { return benchmarks::median(microseconds); }
};

template <class Body>
void measure(Measured& into, const Bench& bench, Body body) {
  const double start = benchmarks::cpu_seconds();
  for (const search::Genome& genome : bench.genomes()) body(genome);
  into.microseconds.push_back(1e6 * (benchmarks::cpu_seconds() - start) /
                              static_cast<double>(bench.genomes().size()));
}

int main_of(const Arguments& arguments) {
  Bench bench(arguments);
  bench.breed(arguments.candidates, arguments.seed);
  std::vector<Measured> parts = {{"prune", {}}, {"prune_decode", {}}, {"probe", {}}};
  std::vector<LaneKind> kinds;
  for (LaneKind kind : {LaneKind::kScalar, LaneKind::kAvx2, LaneKind::kAvx512}) {
    if (!interpreters::is_supported(kind)) continue;
    kinds.push_back(kind);
    parts.push_back({"full_" + std::string(interpreters::lane_kind_name(kind)), {}});
  }
  std::vector<double> sums(kinds.size());
  for (int round = 0; round < arguments.rounds; ++round) {
    measure(parts[0], bench, [&](const auto& genome) { bench.prune(genome); });
    measure(parts[1], bench, [&](const auto& genome) { bench.prune_and_decode(genome); });
    measure(parts[2], bench, [&](const auto& genome) { bench.probe(genome); });
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      const domain::Trial trial = bench.trial_on(kinds[k]);
      sums[k] = 0;
      measure(parts[3 + k], bench,
              [&](const auto& genome) { sums[k] += bench.evaluate(trial, genome); });
    }
  }
  for (double sum : sums) {
    if (sum == sums[0]) continue;
    std::fprintf(stderr, "program_lanes: the kinds disagree on the fitness\n");
    return 1;
  }
  const double scalar = parts[3].median();
  if (arguments.json) std::printf("{");
  for (const Measured& part : parts) {
    const double us = part.median();
    if (arguments.json)
      std::printf("\"%s_us\": %.4f, \"%s_per_second\": %.0f, ", part.name.c_str(), us,
                  part.name.c_str(), 1e6 / us);
    else
      std::printf("%-14s %9.3f us a program  %10.0f programs/s  %6.2f times the scalar run\n",
                  part.name.c_str(), us, 1e6 / us, scalar / us);
  }
  if (arguments.json) std::printf("\"lanes_over_scalar\": %.3f}\n", scalar / parts.back().median());
  return bench.check() < 0 ? 1 : 0;
}

}  // namespace
}  // namespace equivolve

int main(int argc, char** argv) {
  return equivolve::main_of(equivolve::read_arguments(argc, argv));
}
