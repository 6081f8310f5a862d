#include "evaluators/common/interpreters/graph_machine.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "hashing/stream.hpp"
#include "search/variation/graph_variation.hpp"
#include "tests/evaluators/support/cells.hpp"

namespace equivolve::interpreters {
namespace {

using hashing::Purpose;
using hashing::Stream;
using search::Graph;
using test::cell_inputs;
using test::random_cell_rules;

Graph cell(const char* text, std::uint32_t vertices = 7) {
  static const std::vector<std::string> names{"double", "square", "negate"};
  const auto graph = search::parse_graph(text, names, vertices);
  if (!graph) ADD_FAILURE() << graph.error().message;
  return graph.value_or(Graph{});
}

/// Of vectors of two elements, with operations that can be done by hand. A concatenation is read as
/// the sum of its first part and ten times its second.
CellRules simple_rules() {
  const auto folded = [](std::span<const double> in, std::size_t i) {
    return in.size() > 2 ? in[i] + 10 * in[i + 2] : in[i];
  };
  CellRules rules;
  rules.width = 2;
  const auto each = [folded](double (*f)(double)) {
    return [f, folded](std::span<const double> in, std::span<double> out) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = f(folded(in, i));
    };
  };
  rules.operations = {each([](double x) { return 2 * x; }), each([](double x) { return x * x; }),
                      each([](double x) { return -x; })};
  return rules;
}

std::vector<double> output_of(GraphMachine& machine, const Graph& graph,
                              const std::vector<double>& input) {
  EXPECT_TRUE(machine.load(graph));
  const auto out = machine.run(input);
  return {out.begin(), out.end()};
}

constexpr const char* kDiamond =
    "0: input\n1: double <- 0\n2: square <- 0\n3: negate <- 1, 2\n4: output <- 0, 3\n";

TEST(GraphMachine, SumsWhatAVertexReads) {
  GraphMachine machine(simple_rules());
  // x - (2x + x^2)
  EXPECT_EQ(output_of(machine, cell(kDiamond), {3, -1}), (std::vector<double>{-12, 0}));
  EXPECT_EQ(output_of(machine, cell("0: input\n1: output <- 0\n"), {3, -1}),
            (std::vector<double>{3, -1}));
}

TEST(GraphMachine, ConcatenatesInValueOrder) {
  CellRules rules = simple_rules();
  rules.output_join = Join::kConcatenate;
  GraphMachine machine(rules);
  EXPECT_EQ(output_of(machine, cell(kDiamond), {3, -1}), (std::vector<double>{-15, 1, 3, -1}));
  rules.join = Join::kConcatenate;
  GraphMachine inner(rules);
  // {6, -2} comes before {9, 1}: negate reads {6, -2, 9, 1}.
  EXPECT_EQ(output_of(inner, cell(kDiamond), {3, -1}), (std::vector<double>{-96, -8, 3, -1}));
}

TEST(GraphMachine, DeadVerticesDoNotRun) {
  CellRules rules = simple_rules();
  int calls = 0;
  rules.operations[1] = [&calls](std::span<const double> in, std::span<double> out) {
    ++calls;
    std::copy(in.begin(), in.end(), out.begin());
  };
  GraphMachine machine(rules);
  const Graph graph = cell(
      "0: input\n1: square <- 0\n2: double <- 0\n3: square\n4: square <- 3\n"
      "5: output <- 2, 4\n",
      6);
  EXPECT_EQ(output_of(machine, graph, {1, 2}), (std::vector<double>{2, 4}));
  EXPECT_EQ(calls, 0);
}

TEST(GraphMachine, WithoutAPathThereIsNothingToRun) {
  GraphMachine machine(simple_rules());
  EXPECT_FALSE(machine.load(cell("0: input\n1: double <- 0\n2: output\n")));
  EXPECT_TRUE(machine.load(cell(kDiamond)));
}

TEST(GraphMachine, SumsDoNotDependOnTheOrderOfTheirTerms) {
  // The input's parts are read in both orders; added left to right, 1e16 + 1 - 1e16 depends on it.
  CellRules rules;
  rules.width = 1;
  double large = 0, small = 0;
  rules.operations = {[&](auto, std::span<double> out) { out[0] = large; },
                      [&](auto, std::span<double> out) { out[0] = small; },
                      [&](auto, std::span<double> out) { out[0] = -large; }};
  GraphMachine machine(rules);
  const auto all_orders = [&] {
    std::vector<std::uint64_t> bits;
    std::vector<std::uint8_t> order{0, 1, 2};
    do {
      Graph graph;
      graph.vertices = 5;
      for (std::uint32_t v = 1; v <= 3; ++v) {
        graph.operations[v] = order[v - 1];
        graph.set_edge(0, v);
        graph.set_edge(v, 4);
      }
      bits.push_back(std::bit_cast<std::uint64_t>(output_of(machine, graph, {0})[0]));
    } while (std::next_permutation(order.begin(), order.end()));
    return bits;
  };
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [l, s] : {std::pair{1e16, 1.0}, std::pair{0.1, 0.2}, std::pair{infinity, 1.0},
                             std::pair{0.0, -0.0}, std::pair{nan, 1.0}, std::pair{1.0, -nan}}) {
    large = l;
    small = s;
    for (const std::uint64_t bits : all_orders())
      EXPECT_EQ(bits, all_orders()[0]) << l << ", " << s;
  }
}

TEST(GraphMachine, IsReusableAfterLargerAndSmallerGraphs) {
  const search::GraphSpace space{20, 40, {"a", "b", "c"}};
  GraphMachine reused(random_cell_rules(3, Join::kSum, Join::kConcatenate));
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream stream(62, Purpose::kTest, i);
    const Graph graph = search::random_graph(space, stream);
    GraphMachine fresh(random_cell_rules(3, Join::kSum, Join::kConcatenate));
    const auto input = cell_inputs(1)[0];
    ASSERT_EQ(output_of(reused, graph, input), output_of(fresh, graph, input));
  }
}

}  // namespace
}  // namespace equivolve::interpreters
