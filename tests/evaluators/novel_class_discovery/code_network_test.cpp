// Cells as encoders: gradients against differences, and that nothing but their structure counts.
#include "evaluators/novel_class_discovery/code_network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "evaluators/novel_class_discovery/projection_network.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery::test {
namespace {

const std::vector<std::string>& operations() {
  static const std::vector<std::string> names(kCellOperations.begin(), kCellOperations.end());
  return names;
}

CodeSettings code_settings(const std::string& cell, double dropout = 0.2) {
  CodeSettings s;
  s.inputs = 5;
  s.code = 3;
  s.dropout = dropout;
  s.cell = CodeCell{*search::parse_graph(cell, operations(), 6), 4};
  return s;
}

constexpr const char* kJoins =
    "0: input\n1: tanh_norm <- 0\n2: sigmoid <- 0, 1\n3: linear <- 1\n4: tanh <- 0, 2, 3\n"
    "5: output <- 0, 1, 4\n";

std::vector<double> some_rows(std::size_t count) {
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  std::vector<double> x(count);
  for (double& value : x) value = stream.gaussian();
  return x;
}

TEST(CodeNetwork, OfACellHasAPartForEachLiveVertex) {
  const auto parts = code_parts(code_settings(kJoins));
  ASSERT_EQ(parts.size(), 5u);
  std::size_t columns = 0;
  for (const CodePart& part : parts) columns += part.architecture.input.channels;
  EXPECT_EQ(columns, 5u + (5 + 4) + 4 + (5 + 4 + 4) + (5 + 4 + 4));
  EXPECT_EQ(parts.back().sources.size(), 3u);
  // Of a chain, all is one.
  CodeSettings chain;
  chain.inputs = 5;
  EXPECT_EQ(code_parts(chain).size(), 1u);
  // Dead vertices are none.
  EXPECT_EQ(
      code_parts(code_settings("0: input\n1: relu <- 0\n2: tanh <- 0\n3: output <- 1\n")).size(),
      2u);
}

TEST(CodeNetwork, HasTheGradientsOfEveryPart) {
  const std::vector<double> x = some_rows(6 * 5);
  const Labels labels{0, 1, kUnlabelled, 1, 0, kUnlabelled};
  ProjectionNetwork<double> network(code_settings(kJoins), 2, 0.4, 6, 7);
  ASSERT_EQ(network.encoder().networks().size(), 5u);
  network.loss(x, labels, 9, 1);
  for (nn::Network<double>& part : network.encoder().networks()) {
    const std::vector<double> gradient(part.gradients().begin(), part.gradients().end());
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      double& weight = part.parameters()[i];
      const double kept = weight, step = 1e-6;
      weight = kept + step;
      const double above = network.loss(x, labels, 9, 1);
      weight = kept - step;
      const double below = network.loss(x, labels, 9, 1);
      weight = kept;
      EXPECT_NEAR(gradient[i], (above - below) / (2 * step), 1e-6 + 1e-5 * std::abs(gradient[i]));
    }
  }
}

TEST(CodeNetwork, OfIsomorphicCellsIsTheSame) {
  const auto codes = [](const std::string& cell) {
    const CodeNetwork<float> network(code_settings(cell), 5);
    Points x(4, 5);
    const std::vector<double> values = some_rows(20);
    std::copy(values.begin(), values.end(), x.values.begin());
    return codes_of(network, x.view()).values;
  };
  const auto one =
      codes("0: input\n1: relu_norm <- 0\n2: tanh <- 0\n3: linear <- 1\n4: output <- 2, 3\n");
  EXPECT_EQ(one, codes("0: input\n1: tanh <- 0\n2: relu_norm <- 0\n3: linear <- 2\n"
                       "4: output <- 1, 3\n"));
  EXPECT_EQ(one, codes("0: input\n1: relu_norm <- 0\n2: linear <- 1\n3: tanh <- 0\n"
                       "4: sigmoid <- 3\n5: output <- 2, 3\n"));  // 4 is dead
  EXPECT_NE(one, codes("0: input\n1: relu_norm <- 0\n2: tanh <- 0\n3: linear <- 2\n"
                       "4: output <- 1, 3\n"));
}

}  // namespace
}  // namespace equivolve::novel_class_discovery::test
