// TPE on ten test functions, for tpe_rival.py, which runs Optuna on the same:
//   tpe_rival --regrets SEEDS TRIALS ALGORITHM [LOOKAHEAD]
//                                                best minus optimum, function by function
//   tpe_rival --time TOLD                        CPU of one proposal once so many were told
//   tpe_rival --values COUNT                     random configurations and their values
//   tpe_rival --optima
// Prints JSON. ALGORITHM: tpe (the defaults), univariate or random.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "benchmarks/test_functions.hpp"
#include "search/algorithms/searcher.hpp"
#include "search/variation/variation.hpp"

namespace {

using namespace equivolve;
using nlohmann::json;

std::vector<double> numbers(const search::Genome& genome, const search::ConfigurationSpace& space) {
  std::vector<double> out;
  for (const auto& value : search::view_configuration(genome.flat, space))
    out.push_back(value.number);
  return out;
}

search::Algorithm algorithm_named(std::string_view name, const search::ConfigurationSpace& space) {
  if (name == "random") return search::RandomSearch();
  search::TpeSettings settings;
  settings.multivariate = name != "univariate";
  return search::Tpe(std::make_shared<const search::ConfigurationSpace>(space), settings);
}

/// As the engine runs a search: at most `lookahead` are in flight, and told in order.
class Loop {
 public:
  Loop(std::string_view name, const search::ConfigurationSpace& space, std::uint64_t seed,
       std::size_t lookahead = 1)
      : space_(space),
        searcher_(algorithm_named(name, space), std::make_shared<const search::Space>(space), seed),
        lookahead_(lookahead) {}

  template <class Function>
  double step(const Function& function) {
    while (flight_.size() < lookahead_) fly();
    const auto [request, candidate] = std::move(flight_.front());
    flight_.pop_front();
    const double value = function(numbers(*candidate.genome, space_));
    search::Outcome outcome;
    outcome.ranked = true;
    outcome.objectives = {-value};
    searcher_.tell(request, candidate, outcome);
    return value;
  }

 private:
  void fly() {
    search::Request request = *searcher_.ask(ticket_++);  // none of these algorithms waits
    search::Candidate candidate;
    candidate.birth = request.birth;
    candidate.genome = std::make_shared<const search::Genome>(searcher_.vary(request, 0).genome);
    flight_.emplace_back(std::move(request), std::move(candidate));
  }

  const search::ConfigurationSpace& space_;
  search::Searcher searcher_;
  std::size_t lookahead_;
  search::Ticket ticket_ = 0;
  std::deque<std::pair<search::Request, search::Candidate>> flight_;
};

json regrets(std::uint64_t seeds, int trials, std::string_view algorithm, std::size_t lookahead) {
  json out = json::object();
  for (const auto& function : benchmarks::test_functions()) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      Loop loop(algorithm, function.space, seed, lookahead);
      double best = std::numeric_limits<double>::infinity();
      for (int i = 0; i < trials; ++i) best = std::min(best, loop.step(function.value));
      out[function.name].push_back(best - function.optimum);
    }
  }
  return out;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Milliseconds of ask, breeding and tell.
double milliseconds(std::string_view algorithm, int told) {
  constexpr int kTimed = 200;
  const search::ConfigurationSpace space = benchmarks::timing_space();
  const auto function = [](const std::vector<double>& x) {
    double sum = 0;
    for (std::size_t i = 0; i < 5; ++i) sum += x[i] * x[i];
    return sum + x[8] + x[9];
  };
  Loop loop(algorithm, space, 1);
  for (int i = 0; i < told; ++i) loop.step(function);
  const double before = cpu_seconds();
  for (int i = 0; i < kTimed; ++i) loop.step(function);
  return 1000 * (cpu_seconds() - before) / kTimed;
}

json values(int count) {
  json out = json::object();
  for (const auto& function : benchmarks::test_functions()) {
    hashing::Stream stream(1, hashing::Purpose::kTask, 0);
    for (int i = 0; i < count; ++i) {
      const search::Genome genome = search::random_genome(search::Space(function.space), stream);
      const std::vector<double> x = numbers(genome, function.space);
      json named = json::object();
      const auto seen = search::view_configuration(genome.flat, function.space);
      for (std::size_t k = 0; k < x.size(); ++k)
        if (seen[k].active != 0) named[function.space.parameters[k].name] = x[k];
      out[function.name].push_back({{"parameters", named}, {"value", function.value(x)}});
    }
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  json out;
  if (what == "--regrets" && (argc == 5 || argc == 6))
    out = regrets(std::strtoull(argv[2], nullptr, 10), std::atoi(argv[3]), argv[4],
                  argc == 6 ? std::strtoull(argv[5], nullptr, 10) : 1);
  else if (what == "--time" && argc == 3)
    out = {{"univariate_ms", milliseconds("univariate", std::atoi(argv[2]))},
           {"multivariate_ms", milliseconds("tpe", std::atoi(argv[2]))}};
  else if (what == "--values" && argc == 3)
    out = values(std::atoi(argv[2]));
  else if (what == "--optima")
    for (const auto& function : benchmarks::test_functions()) out[function.name] = function.optimum;
  else
    return std::fprintf(stderr, "tpe_rival: see the head of benchmarks/tpe_rival.cpp\n"), 2;
  fmt::print("{}\n", out.dump());
  return 0;
}
