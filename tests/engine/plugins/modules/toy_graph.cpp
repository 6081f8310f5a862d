// A small evaluator of graphs: cells on fixed vectors, scored by how near they come to a cell that
// it keeps to itself. What a cell computes is all that counts, so isomorphic graphs, and graphs
// that differ in dead parts, behave alike.
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "evaluators/common/interpreters/graph_machine.hpp"
#include "evaluators/sdk/evaluator.hpp"
#include "search/space/graph_space.hpp"

namespace {

namespace sdk = equivolve::sdk;
using equivolve::interpreters::CellRules;
using equivolve::interpreters::GraphMachine;
using equivolve::interpreters::VertexFunction;
using equivolve::search::Graph;

constexpr std::size_t kWidth = 2;
constexpr double kInputs[][kWidth] = {{0.5, -1.25}, {2.0, 0.25}, {-0.75, 1.5}, {0.1, 0.9}};

/// x element by element, but for swap, which mixes the two.
const std::vector<std::string>& all_operations() {
  static const std::vector<std::string> names{"halve", "negate", "square", "tanh", "swap"};
  return names;
}

VertexFunction function_named(const std::string& name) {
  if (name == "swap")
    return [](std::span<const double> in, std::span<double> out) {
      out[0] = in[1];
      out[1] = in[0];
    };
  const auto each = [](auto f) {
    return [f](std::span<const double> in, std::span<double> out) {
      for (std::size_t i = 0; i < kWidth; ++i) out[i] = f(in[i]);
    };
  };
  if (name == "halve") return each([](double x) { return 0.5 * x; });
  if (name == "negate") return each([](double x) { return -x; });
  if (name == "square") return each([](double x) { return x * x; });
  return each([](double x) { return std::tanh(x); });
}

CellRules rules_of(const std::vector<std::string>& operations) {
  CellRules rules;
  rules.width = kWidth;
  for (const std::string& name : operations) rules.operations.push_back(function_named(name));
  return rules;
}

std::vector<double> outputs_of(GraphMachine machine, const Graph& graph) {
  std::vector<double> outputs;
  if (!machine.load(graph)) return outputs;
  for (const auto& input : kInputs) {
    const auto output = machine.run(input);
    outputs.insert(outputs.end(), output.begin(), output.end());
  }
  return outputs;
}

/// x + tanh(square(x) + swap(x)) - square(x) / 2
std::vector<double> target() {
  constexpr const char* kCell =
      "0: input\n1: square <- 0\n2: swap <- 0\n3: tanh <- 1, 2\n4: negate <- 1\n5: halve <- 4\n"
      "6: output <- 0, 3, 5\n";
  return outputs_of(GraphMachine(rules_of(all_operations())),
                    equivolve::search::parse_graph(kCell, all_operations(), 7).value());
}

class ToyGraph {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_GRAPH};
    static const eqv_descriptor one{sizeof one,
                                    "toy_graph",
                                    "1",
                                    "cells on four vectors against one that is kept secret",
                                    EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE,
                                    representations,
                                    1};
    return one;
  }
  static std::string config_schema() { return "{}"; }

  ToyGraph(sdk::Host, std::string_view) : machine_(rules_of(all_operations())) {}
  const eqv_instance_info& instance_info() const { return info_; }

  std::string default_space(std::uint32_t) const {
    return nlohmann::json{{"representation", "graph"},
                          {"vertices", 7},
                          {"max_edges", 9},
                          {"operations", all_operations()}}
        .dump();
  }
  void bind_space(std::string_view text) {
    operations_ = nlohmann::json::parse(text)["operations"].get<std::vector<std::string>>();
    machine_ = GraphMachine(rules_of(operations_));
  }
  std::string reference_candidates() const {
    nlohmann::json references = {{{"name", "identity"},
                                  {"summary", "what comes in goes out"},
                                  {"genome", "0: input\n1: output <- 0\n"}}};
    if (!operations_.empty())
      references.push_back(
          {{"name", "single"},
           {"summary", "one operation alone"},
           {"genome", "0: input\n1: " + operations_[0] + " <- 0\n2: output <- 1\n"}});
    return references.dump();
  }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) const {
    const auto outputs = run(candidate);
    if (!outputs) return EQV_INVALID_CANDIDATE;
    sink.values(*outputs);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request&,
                      sdk::Result& result) const {
    const auto outputs = run(candidate);
    if (!outputs) return EQV_INVALID_CANDIDATE;
    double sum = 0;
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      const double error = (*outputs)[i] - target_[i];
      sum += error * error;
    }
    if (!std::isfinite(sum)) return EQV_NON_FINITE;
    result.figures()[0] = 1 / (1 + sum / static_cast<double>(outputs->size()));
    return EQV_OK;
  }

 private:
  /// By any thread: each call has a machine of its own.
  std::optional<std::vector<double>> run(const sdk::Candidate& candidate) const {
    const auto graph = equivolve::search::graph_of(candidate.genome());
    if (!graph) return std::nullopt;
    auto outputs = outputs_of(machine_, *graph);
    if (outputs.empty()) return std::nullopt;
    return outputs;
  }

  std::vector<std::string> operations_ = all_operations();
  GraphMachine machine_;
  std::vector<double> target_ = target();
  eqv_figure figure_{sizeof(eqv_figure), "score", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  // Exact probes: cells that round differently are told apart, so a hit has the figure it would
  // get.
  eqv_instance_info info_{sizeof(eqv_instance_info), &figure_, 1, &level_, 1, 0, 0, {}, 0, 1};
};

}  // namespace

EQUIVOLVE_EVALUATOR(ToyGraph)
