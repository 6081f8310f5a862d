// Regularized evolution and random search over a space of cells that is known in full.
//   graph_search SEEDS BIRTHS
//
// The space is NASBench-101's (Ying et al. 2019, arXiv 1902.09635) with up to 6 vertices: at most 9
// edges, three operations; it has 64,542 cells that are not isomorphic. A cell's fitness is what
// its outputs are worth as features: R^2, on fresh rows, of a ridge regression on them to
// Friedman's first function (Friedman 1991, "Multivariate adaptive regression splines"; five
// inputs, no noise), the mean over four draws of the cell's weights. Its operations stand for those
// of NASBench: dense (tanh(W x + b)), scale (the same, element by element), pool (the larger of two
// neighbours); vertices add up what they read, the output concatenates it. All cells are judged
// first, so the optimum is known.
//
// Evolution has the program's default population (100) and tournament (10); every child is mutated.
//
// Prints JSON: classes, optimum, and the quantiles of all cells' fitness; for each algorithm and
// seed the regret after BIRTHS (optimum minus best so far) and the births to the optimum (null
// where it was not met).
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numbers>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "evaluators/common/interpreters/graph_machine.hpp"
#include "evaluators/common/linalg/ridge.hpp"
#include "evaluators/common/metrics/regression.hpp"
#include "hashing/stream.hpp"
#include "search/algorithms/searcher.hpp"
#include "search/genome/graph_hash.hpp"
#include "search/space/graph_space.hpp"

namespace {

using namespace equivolve;
using nlohmann::json;
using search::Graph;

constexpr std::uint32_t kVertices = 6;
constexpr std::uint8_t kOperations = 3;
constexpr std::size_t kInputs = 5, kTrainRows = 100, kFreshRows = 100;
constexpr int kDraws = 4;  // of weights
constexpr double kAlpha = 1e-3;

const search::GraphSpace& space() {
  static const search::GraphSpace nasbench{kVertices, 9, {"dense", "scale", "pool"}};
  return nasbench;
}

hashing::Stream draws(std::uint64_t index) {
  return {1, hashing::Purpose::kTask, index};
}

using Vertex = interpreters::VertexFunction;

/// tanh(W x + b), as a convolution of its neighbourhood joins everything.
Vertex dense(hashing::Stream& stream) {
  std::array<double, kInputs*(kInputs + 1)> weights;
  for (double& weight : weights) weight = stream.gaussian();
  return [weights](std::span<const double> in, std::span<double> out) {
    for (std::size_t i = 0; i < kInputs; ++i) {
      const double* row = weights.data() + i * (kInputs + 1);
      double sum = row[kInputs];
      for (std::size_t j = 0; j < kInputs; ++j) sum += row[j] * in[j];
      out[i] = std::tanh(sum);
    }
  };
}

/// tanh(w x + b), element by element, as a convolution of width 1.
Vertex scale(hashing::Stream& stream) {
  std::array<double, 2 * kInputs> weights;
  for (double& weight : weights) weight = stream.gaussian();
  return [weights](std::span<const double> in, std::span<double> out) {
    for (std::size_t i = 0; i < kInputs; ++i)
      out[i] = std::tanh(weights[2 * i] * in[i] + weights[2 * i + 1]);
  };
}

void pool(std::span<const double> in, std::span<double> out) {
  for (std::size_t i = 0; i < kInputs; ++i) out[i] = std::max(in[i], in[(i + 1) % kInputs]);
}

interpreters::GraphMachine machine(std::uint64_t weights) {
  hashing::Stream stream = draws(1 + weights);
  std::vector<Vertex> operations;
  operations.push_back(dense(stream));
  operations.push_back(scale(stream));
  operations.emplace_back(pool);
  return interpreters::GraphMachine(
      {kInputs, operations, interpreters::Join::kSum, interpreters::Join::kConcatenate});
}

double friedman(std::span<const double> x) {
  return 10 * std::sin(std::numbers::pi * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) +
         10 * x[3] + 5 * x[4];
}

/// The task: rows of inputs with their targets, and what a cell is worth on them.
class Task {
 public:
  Task() {
    for (std::uint64_t weights = 0; weights < kDraws; ++weights)
      machines_.push_back(machine(weights));
    hashing::Stream stream = draws(0);
    for (std::size_t r = 0; r < kTrainRows + kFreshRows; ++r) {
      std::array<double, kInputs> x;
      for (double& value : x) value = stream.uniform(0.0, 1.0);
      targets_.push_back(friedman(x));
      for (double value : x) inputs_.push_back(2 * value - 1);
    }
  }

  double fitness(const Graph& cell) {
    double sum = 0;
    for (interpreters::GraphMachine& machine : machines_) sum += fitness(cell, machine);
    return sum / kDraws;
  }

 private:
  double fitness(const Graph& cell, interpreters::GraphMachine& machine) {
    machine.load(cell);
    features_.clear();
    for (std::size_t r = 0; r < targets_.size(); ++r) {
      const auto row = machine.run(std::span(inputs_).subspan(r * kInputs, kInputs));
      features_.insert(features_.end(), row.begin(), row.end());
    }
    const std::size_t columns = features_.size() / targets_.size();
    const auto targets = std::span<const double>(targets_);
    const linalg::LinearModel model = linalg::fit_ridge(
        {features_.data(), kTrainRows, columns, columns}, targets.first(kTrainRows), kAlpha);
    std::array<double, kFreshRows> told;
    for (std::size_t r = 0; r < kFreshRows; ++r)
      told[r] = model.score(
          std::span<const double>(features_).subspan((kTrainRows + r) * columns, columns));
    return metrics::r_squared(targets.last(kFreshRows), told);
  }

  std::vector<interpreters::GraphMachine> machines_;
  std::vector<double> inputs_, targets_, features_;
};

using Key = std::array<std::uint64_t, 2>;
/// Fitness by the structural hash of the live graph.
using Table = std::map<Key, double>;

/// Every cell of the space, without what is dead in it: those of 2 to kVertices vertices.
Table all_cells() {
  Task task;
  Table table;
  for (std::uint32_t vertices = 2; vertices <= kVertices; ++vertices) {
    Graph graph;
    graph.vertices = vertices;
    std::uint32_t labels = 1;
    for (std::uint32_t v = 2; v < vertices; ++v) labels *= kOperations;
    for (std::uint64_t edges = 0; edges >> search::pair_count(vertices) == 0; ++edges) {
      graph.edges[0] = edges;
      const search::VertexSet live = search::live_vertices(graph);
      if (live + 1 != std::uint64_t{1} << vertices || !search::is_valid(graph, space())) continue;
      for (std::uint32_t label = 0; label < labels; ++label) {
        std::uint32_t rest = label;
        for (std::uint32_t v = 1; v + 1 < vertices; ++v, rest /= kOperations)
          graph.operations[v] = static_cast<std::uint8_t>(rest % kOperations);
        const auto [at, is_new] = table.try_emplace(search::structural_hash(graph), 0.0);
        if (is_new) at->second = task.fitness(graph);
      }
    }
  }
  return table;
}

struct Found {
  double best;
  std::optional<int> births_to_optimum;
};

Found search_once(search::Algorithm algorithm, std::uint64_t seed, int births, const Table& table,
                  double optimum) {
  search::Searcher searcher(std::move(algorithm), std::make_shared<const search::Space>(space()),
                            seed);
  Found found{-std::numeric_limits<double>::infinity(), std::nullopt};
  for (int birth = 0; birth < births; ++birth) {
    const search::Request request = *searcher.ask(static_cast<search::Ticket>(birth));
    search::Candidate candidate;
    candidate.birth = request.birth;
    candidate.genome = std::make_shared<const search::Genome>(searcher.vary(request, 0).genome);
    const Graph live = search::pruned(*search::graph_of(candidate.genome->flat));
    const double fitness = table.at(search::structural_hash(live));
    found.best = std::max(found.best, fitness);
    if (fitness == optimum && !found.births_to_optimum) found.births_to_optimum = birth + 1;
    search::Outcome outcome;
    outcome.ranked = true;
    outcome.objectives = {fitness};
    searcher.tell(request, candidate, outcome);
  }
  return found;
}

search::Algorithm algorithm_named(std::string_view name) {
  if (name == "random") return search::RandomSearch();
  search::RegularizedEvolutionSettings settings;
  settings.population_size = 100;
  settings.tournament_size = 10;
  settings.mutation_probability = 1;
  return search::RegularizedEvolution(settings);
}

json searches(std::string_view algorithm, std::uint64_t seeds, int births, const Table& table,
              double optimum) {
  json out = {{"regret", json::array()}, {"births_to_optimum", json::array()}};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Found found = search_once(algorithm_named(algorithm), seed, births, table, optimum);
    out["regret"].push_back(optimum - found.best);
    out["births_to_optimum"].push_back(found.births_to_optimum ? json(*found.births_to_optimum)
                                                               : json());
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "graph_search SEEDS BIRTHS\n"), 2;
  const std::uint64_t seeds = std::strtoull(argv[1], nullptr, 10);
  const int births = std::atoi(argv[2]);
  const Table table = all_cells();
  std::vector<double> sorted;
  for (const auto& cell : table) sorted.push_back(cell.second);
  std::sort(sorted.begin(), sorted.end());
  const double optimum = sorted.back();
  json out = {{"classes", sorted.size()}, {"optimum", optimum}};
  for (const double q : {0.0, 0.5, 0.99, 0.999})
    out["quantiles"][fmt::format("{}", q)] =
        sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
  for (const std::string_view name : {"random", "regularized_evolution"})
    out[std::string(name)] = searches(name, seeds, births, table, optimum);
  fmt::print("{}\n", out.dump());
  return 0;
}
