// NSGA-II on published problems: how much of the hypervolume that the algorithm is published with
// it reaches, and what a trial costs.
//
//   nsga2 [--seeds 10] [--json]
//
// Population 100, 25,000 evaluations, 16 in flight. ZDT1 to 3 have 30 parameters, DTLZ2 has 12 and
// three objectives. Objectives are scaled by the ends of the true front; the reference point is
// (1, ..., 1). The figures compared with are those of NSGA-II with the same settings and the same
// reference point: see kPublished. Costs are CPU time of ask, vary and tell, and of the problem
// itself, over 7,700 trials of ZDT1, the median of five runs.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "benchmarks/measuring.hpp"
#include "tests/search/support/hypervolume.hpp"
#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

namespace published = test;
using benchmarks::cpu_seconds;

struct Problem {
  published::MultiProblem problem;
  std::shared_ptr<const Space> space;
};

Problem with_space(const published::MultiProblem& problem) {
  std::vector<Parameter> parameters(problem.parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].name = "x" + std::to_string(i);
  return {problem,
          std::make_shared<const Space>(*make_configuration_space(std::move(parameters), {}))};
}

published::SearchLoop::Judge judge_of(const Problem& one) {
  return [&one](const Genome& genome) {
    std::vector<double> x;
    for (const auto& value :
         view_configuration(genome.flat, std::get<ConfigurationSpace>(*one.space)))
      x.push_back(value.number);
    Outcome out;
    out.ranked = true;
    for (const double objective : one.problem.objectives(x)) out.objectives.push_back(-objective);
    return out;
  };
}

published::SearchLoop loop_of(const Problem& one, std::uint64_t seed) {
  return {Searcher(Nsga2(Nsga2Settings()), one.space, seed), 16, judge_of(one)};
}

/// Of the last population, which the told outcomes are replayed for.
double reached(const Problem& one, std::uint64_t seed) {
  auto loop = loop_of(one, seed);
  Nsga2 replayed{Nsga2Settings()};
  for (const published::Told& told : loop.run(25'000))
    replayed.tell(told.request, told.candidate, told.outcome);
  std::vector<published::Point> points;
  for (const auto& parent : replayed.parents()) {
    published::Point p;
    for (std::size_t k = 0; k < one.problem.best.size(); ++k)
      p.push_back((-parent.outcome.objectives[k] - one.problem.best[k]) /
                  (one.problem.worst[k] - one.problem.best[k]));
    points.push_back(std::move(p));
  }
  return published::hypervolume(points, published::Point(one.problem.best.size(), 1.0));
}

double trial_us(const Problem& one) {
  constexpr std::size_t kTrials = 7'700;
  std::vector<double> all;
  for (std::uint64_t run = 0; run < 5; ++run) {
    auto loop = loop_of(one, run);
    const double before = cpu_seconds();
    loop.run(kTrials);
    all.push_back((cpu_seconds() - before) / kTrials * 1e6);
  }
  return benchmarks::median(all);
}

int measure(int argc, char** argv) {
  std::uint64_t seeds = 10;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) json = true;
    if (std::strcmp(argv[i], "--seeds") == 0 && i + 1 < argc)
      seeds = std::strtoull(argv[++i], nullptr, 10);
  }
  std::string out = "{";
  for (const auto& problem : published::multi_problems()) {
    const Problem one = with_space(problem);
    double sum = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) sum += reached(one, seed);
    const double mean = sum / static_cast<double>(seeds);
    char text[200];
    std::snprintf(text, sizeof text,
                  "\"%s\": {\"hypervolume\": %.5f, \"of_published\": %.4f, \"of_front\": %.4f}, ",
                  problem.name, mean, mean / problem.nsga2, mean / problem.front);
    out += text;
    if (!json)
      std::printf("%-6s hypervolume %.4f, published %.4f, whole front %.4f\n", problem.name, mean,
                  problem.nsga2, problem.front);
  }
  const double us = trial_us(with_space(published::multi_problems().front()));
  if (json)
    std::printf("%s\"trial_us\": %.3f}\n", out.c_str(), us);
  else
    std::printf("%.2f us a trial over 7,700\n", us);
  return 0;
}

}  // namespace
}  // namespace equivolve::search

int main(int argc, char** argv) {
  return equivolve::search::measure(argc, argv);
}
