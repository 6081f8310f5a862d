#include "tests/evaluators/support/cells.hpp"

#include <cmath>

#include "hashing/stream.hpp"

namespace equivolve::interpreters::test {
namespace {

using hashing::Purpose;
using hashing::Stream;

std::vector<double> gaussians(std::size_t count, std::uint64_t index) {
  Stream stream(61, Purpose::kTest, index);
  std::vector<double> out(count);
  for (double& value : out) value = stream.gaussian();
  return out;
}

VertexFunction random_layer(std::uint64_t index) {
  return [weights = gaussians(kCellWidth * (kCellWidth + 1), index)](std::span<const double> in,
                                                                     std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double* row = weights.data() + i * (kCellWidth + 1);
      double sum = row[kCellWidth];
      for (std::size_t j = 0; j < in.size(); ++j)
        sum += row[j % kCellWidth] * in[j] / static_cast<double>(1 + j / kCellWidth);
      out[i] = std::tanh(sum);
    }
  };
}

}  // namespace

CellRules random_cell_rules(std::size_t operations, Join join, Join output_join) {
  CellRules rules;
  rules.width = kCellWidth;
  rules.join = join;
  rules.output_join = output_join;
  for (std::size_t k = 0; k < operations; ++k) rules.operations.push_back(random_layer(k));
  return rules;
}

std::vector<std::vector<double>> cell_inputs(std::size_t count) {
  std::vector<std::vector<double>> inputs;
  for (std::size_t i = 0; i < count; ++i) inputs.push_back(gaussians(kCellWidth, 1000 + i));
  return inputs;
}

}  // namespace equivolve::interpreters::test
