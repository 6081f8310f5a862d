// Rules that a search writes as formulas: which weights go home to the source model, or how slowly
// the teacher follows the student.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluators/common/interpreters/expression_machine.hpp"

namespace equivolve::test_time_adaptation {

/// Which part of a step a formula stands for.
enum class RulePart : std::uint8_t {
  kRestoration,  ///< a score for each weight; those above 0 go home
  kMomentum,     ///< the teacher's momentum for this batch, taken between 0 and 1
};

/// The names of what a formula reads. Of a restoration, numbers of each weight come first:
///   fisher        squared gradient of the batch's loss
///   fisher_rank   its rank among all weights, 0 (least) to below 1
///   distance      |weight - mean of the source posterior|
///   deviation     standard deviation of the source posterior
///   magnitude     |mean of the source posterior|
///   uniform       a random number from 0 to 1, new for each weight and batch
/// then, for both parts, numbers of the batch:
///   confidence    mean of the teacher's greatest probability
///   entropy       mean entropy of the student, as a share of the logarithm of the classes
///   disagreement  share of samples whose class student and teacher tell differently
///   drift         root mean square distance of the teacher's weights from the source's
///   age           1 / (1 + batches seen since the start or the last reset)
const std::vector<std::string>& rule_inputs(RulePart part);

struct BatchFacts {
  double confidence = 0, entropy = 0, disagreement = 0, drift = 0, age = 1;
};
/// One number a weight.
struct WeightFacts {
  std::span<const double> fisher, distance, deviation, magnitude, uniform;
};

/// A valid expression over rule_inputs(part), ready to run. A value; one user at a time.
class FormulaRule {
 public:
  FormulaRule(RulePart part, search::ExpressionView formula);

  RulePart part() const { return part_; }
  search::ExpressionView formula() const { return machine_.expression(); }
  /// Scores of all weights, into `scores`. What is not read is not worked out.
  void score(const WeightFacts& weights, const BatchFacts& batch, std::span<double> scores);
  /// Between 0 and 1; NaN where the formula is not a number.
  double momentum(const BatchFacts& batch);
  bool reads(std::size_t input) const;

 private:
  RulePart part_;
  interpreters::ExpressionMachine machine_;
  std::vector<double> columns_;
};

}  // namespace equivolve::test_time_adaptation
