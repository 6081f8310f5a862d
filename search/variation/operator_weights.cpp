#include "search/variation/operator_weights.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace equivolve::search {
namespace {

constexpr auto kProgram = Representation::kProgram;
constexpr auto kExpression = Representation::kExpression;
constexpr auto kGraph = Representation::kGraph;
constexpr auto kConfiguration = Representation::kConfiguration;
constexpr auto kSequence = Representation::kSequence;
constexpr auto kMutation = OperatorKind::kMutation;
constexpr auto kCrosses = OperatorKind::kCrossover;

constexpr std::array kWeightedOperators{
    WeightedOperator{Operator::kChangeArgument, kProgram, kMutation, 1, 1},
    WeightedOperator{Operator::kReplaceInstruction, kProgram, kMutation, 1, 1},
    WeightedOperator{Operator::kRandomiseFunction, kProgram, kMutation, 1, 1},
    WeightedOperator{Operator::kInsertInstruction, kProgram, kMutation, 1, 1},
    // Twice as likely as insertion, so that programs do not grow for nothing.
    WeightedOperator{Operator::kRemoveInstruction, kProgram, kMutation, 2, 2},
    WeightedOperator{Operator::kCrossover, kProgram, kCrosses, 1, 1},
    WeightedOperator{Operator::kSubtreeMutation, kExpression, kMutation, 2, 2},
    WeightedOperator{Operator::kPointMutation, kExpression, kMutation, 2, 2},
    WeightedOperator{Operator::kPerturbConstants, kExpression, kMutation, 2, 2},
    WeightedOperator{Operator::kInsertOperation, kExpression, kMutation, 1, 1},
    WeightedOperator{Operator::kHoistMutation, kExpression, kMutation, 1, 1},
    WeightedOperator{Operator::kCrossover, kExpression, kCrosses, 1, 1},
    WeightedOperator{Operator::kChangeGraph, kGraph, kMutation, 1, 1},
    WeightedOperator{Operator::kCrossover, kGraph, kCrosses, 1, 1},
    WeightedOperator{Operator::kGaussianStep, kConfiguration, kMutation, 3, 0},
    WeightedOperator{Operator::kResampleParameter, kConfiguration, kMutation, 1, 0},
    WeightedOperator{Operator::kPolynomialMutation, kConfiguration, kMutation, 0, 1},
    WeightedOperator{Operator::kUniformCrossover, kConfiguration, kCrosses, 1, 0},
    WeightedOperator{Operator::kBlendCrossover, kConfiguration, kCrosses, 1, 0},
    WeightedOperator{Operator::kSimulatedBinaryCrossover, kConfiguration, kCrosses, 0, 1},
    WeightedOperator{Operator::kSubstituteToken, kSequence, kMutation, 2, 2},
    WeightedOperator{Operator::kInsertToken, kSequence, kMutation, 1, 1},
    WeightedOperator{Operator::kDeleteToken, kSequence, kMutation, 1, 1},
    WeightedOperator{Operator::kOnePointCrossover, kSequence, kCrosses, 1, 1},
    WeightedOperator{Operator::kTwoPointCrossover, kSequence, kCrosses, 1, 1}};

std::uint64_t in_parts(double weight) {
  return static_cast<std::uint64_t>(std::llround(weight / OperatorWeights::kLeast));
}

}  // namespace

std::span<const WeightedOperator> weighted_operators() {
  return kWeightedOperators;
}

OperatorWeights::OperatorWeights(const std::map<Operator, double>& given, bool real_coded) {
  const auto parts_of = [&](const WeightedOperator& one) {
    const auto found = given.find(one.op);
    if (found != given.end()) return in_parts(found->second);
    return in_parts(real_coded ? one.real_coded : one.usual);
  };
  std::map<std::pair<Representation, OperatorKind>, std::uint64_t> divisors;
  for (const WeightedOperator& one : kWeightedOperators) {
    std::uint64_t& divisor = divisors[{one.representation, one.kind}];
    divisor = std::gcd(divisor, parts_of(one));
  }
  for (const WeightedOperator& one : kWeightedOperators) {
    const std::uint64_t divisor = divisors[{one.representation, one.kind}];
    weights_[static_cast<std::size_t>(one.op)] = divisor == 0 ? 0 : parts_of(one) / divisor;
  }
}

const OperatorWeights& usual_weights() {
  static const OperatorWeights usual;
  return usual;
}

}  // namespace equivolve::search
