#include "search/variation/operator.hpp"

namespace equivolve::search {

std::string_view operator_name(Operator op) {
  switch (op) {
    case Operator::kRandom:
      return "random";
    case Operator::kCopy:
      return "copy";
    case Operator::kGiven:
      return "given";
    case Operator::kChangeArgument:
      return "change_argument";
    case Operator::kReplaceInstruction:
      return "replace_instruction";
    case Operator::kRandomiseFunction:
      return "randomise_function";
    case Operator::kInsertInstruction:
      return "insert_instruction";
    case Operator::kRemoveInstruction:
      return "remove_instruction";
    case Operator::kCrossover:
      return "crossover";
    case Operator::kPointMutation:
      return "point_mutation";
    case Operator::kSubtreeMutation:
      return "subtree_mutation";
    case Operator::kHoistMutation:
      return "hoist_mutation";
    case Operator::kPerturbConstants:
      return "perturb_constants";
    case Operator::kInsertOperation:
      return "insert_operation";
    case Operator::kChangeGraph:
      return "change_graph";
    case Operator::kResampleParameter:
      return "resample_parameter";
    case Operator::kGaussianStep:
      return "gaussian_step";
    case Operator::kUniformCrossover:
      return "uniform_crossover";
    case Operator::kBlendCrossover:
      return "blend_crossover";
    case Operator::kSampleModel:
      return "sample_model";
    case Operator::kGridPoint:
      return "grid_point";
    case Operator::kSimulatedBinaryCrossover:
      return "simulated_binary_crossover";
    case Operator::kPolynomialMutation:
      return "polynomial_mutation";
    case Operator::kSubstituteToken:
      return "substitute_token";
    case Operator::kInsertToken:
      return "insert_token";
    case Operator::kDeleteToken:
      return "delete_token";
    case Operator::kOnePointCrossover:
      return "one_point_crossover";
    case Operator::kTwoPointCrossover:
      return "two_point_crossover";
  }
  return "";
}

}  // namespace equivolve::search
