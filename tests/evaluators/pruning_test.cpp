// What the analyses remove must not be missed: plain and pruned programs predict the same, bit for
// bit.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "evaluators/common/interpreters/machine.hpp"
#include "search/variation/program_variation.hpp"
#include "tests/evaluators/support/cases.hpp"

namespace equivolve::interpreters {
namespace {

using search::Function;

/// Raw predictions over the cycle: setup, 6 x (predict, learn), 3 x predict. NaN is one NaN.
std::vector<std::uint64_t> predictions(Machine& machine, const search::PreparedProgram& program,
                                       const search::MemoryShape& shape, bool classification,
                                       std::uint64_t inputs) {
  machine.load(program, shape);
  machine.reset({inputs, hashing::Purpose::kEvaluate});
  machine.run(Function::kSetup);
  auto stream = test::test_stream(10, inputs);
  std::vector<std::uint64_t> out;
  for (int example = 0; example < 9; ++example) {
    for (std::uint32_t i = 0; i < shape.dimension; ++i) machine.vector(0)[i] = stream.gaussian();
    machine.scalar(0) = 0;
    machine.run(Function::kPredict);
    const double told = machine.scalar(1);
    out.push_back(std::isnan(told) ? 0x7ff8000000000000u : std::bit_cast<std::uint64_t>(told));
    const double label = classification ? (stream.chance(0.5) ? 1.0 : 0.0) : stream.gaussian();
    if (example >= 6) continue;
    if (classification) machine.scalar(1) = 1 / (1 + std::exp(-told));
    machine.scalar(0) = label;
    machine.run(Function::kLearn);
  }
  return out;
}

struct Tally {
  int removed = 0, filled = 0, live_programs = 0;
};

Tally compare(const search::ProgramSpace& space, bool classification, std::uint64_t test,
              int programs) {
  Tally tally;
  Machine machine;
  for (int p = 0; p < programs; ++p) {
    auto stream = test::test_stream(test, static_cast<std::uint64_t>(p));
    const search::Genome genome = search::to_genome(search::random_program(space, stream));
    const auto view = *search::view_program(genome.flat);
    const auto plain = search::prepare_plain(view, {classification});
    const auto pruned = search::prepare_pruned(view, {classification});
    for (std::size_t f = 0; f < search::kFunctionCount; ++f) {
      tally.removed += static_cast<int>(plain.functions[f].instructions.size() -
                                        pruned.functions[f].instructions.size());
      for (const auto& i : plain.functions[f].instructions)
        tally.filled += i.op == search::kZeroFill;
    }
    tally.live_programs += !pruned[Function::kPredict].instructions.empty();
    const auto expected =
        predictions(machine, plain, space.memories, classification, static_cast<std::uint64_t>(p));
    const auto got =
        predictions(machine, pruned, space.memories, classification, static_cast<std::uint64_t>(p));
    EXPECT_EQ(got, expected) << search::to_text(view);
    if (::testing::Test::HasFailure()) break;
  }
  return tally;
}

TEST(Pruning, KeepsThePredictionsOfAllOperations) {
  const Tally tally = compare(test::full_space({5, 4, 2, 3}, 6, 6, 8), false, 11, 12000);
  EXPECT_GT(tally.removed, 12000);
  EXPECT_GT(tally.filled, 1000);
  EXPECT_GT(tally.live_programs, 3000);
}

TEST(Pruning, KeepsThePredictionsOfClassifiers) {
  const Tally tally = compare(test::full_space({4, 3, 1, 5}, 5, 5, 7), true, 12, 6000);
  EXPECT_GT(tally.live_programs, 1500);
}

TEST(Pruning, KeepsThePredictionsInTheQuickstartSpace) {
  const Tally tally = compare(test::quickstart_space(6), true, 13, 8000);
  EXPECT_GT(tally.live_programs, 1000);
}

}  // namespace
}  // namespace equivolve::interpreters
