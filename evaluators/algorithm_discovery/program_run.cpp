#include "evaluators/algorithm_discovery/program_run.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/common/interpreters/sigmoid.hpp"

namespace equivolve::algorithm_discovery {

using search::Function;

namespace {

std::uint64_t examples_between_looks(const interpreters::Machine& machine) {
  return 1 + kOperationsBetweenLooks /
                 (machine.call_cost(Function::kPredict) + machine.call_cost(Function::kLearn));
}

}  // namespace

ProgramRun::ProgramRun(interpreters::Machine& machine, const Rules& rules,
                       interpreters::DrawKey key)
    : machine_(machine), rules_(rules), row_(interpreters::padded(machine.shape().dimension)) {
  machine_.reset(key);
  machine_.run(Function::kSetup);
}

double ProgramRun::predict(const double* features) {
  std::copy_n(features, row_, machine_.vector(search::kFeaturesAddress));
  machine_.scalar(search::kLabelAddress) = 0;
  machine_.run(Function::kPredict);
  return machine_.scalar(search::kPredictionAddress);
}

bool ProgramRun::end(End how) {
  ended_.how = how;
  return false;
}

bool ProgramRun::check(double prediction, double label) {
  if (!std::isfinite(prediction)) return end(End::kNonFinite);
  if (rules_.classification && rules_.error_bound >= 1)
    return true;  // |label - sigmoid| never passes 1
  const double told = rules_.classification ? interpreters::sigmoid(prediction) : prediction;
  return std::abs(label - told) <= rules_.error_bound || end(End::kErrorBound);
}

bool ProgramRun::learn(double prediction, double label) {
  if (!check(prediction, label)) return false;
  if (rules_.classification)
    machine_.scalar(search::kPredictionAddress) = interpreters::sigmoid(prediction);
  machine_.scalar(search::kLabelAddress) = label;
  machine_.run(Function::kLearn);
  ++ended_.example;
  return true;
}

bool ProgramRun::train(const Examples& examples, const Labels& labels,
                       const std::function<bool()>& stop) {
  const std::uint64_t stop_every = examples_between_looks(machine_);
  std::uint64_t until_look = stop_every;
  for (std::uint32_t epoch = 0; epoch < rules_.epochs; ++epoch)
    for (std::size_t r = 0; r < examples.rows(); ++r) {
      if (--until_look == 0) {
        until_look = stop_every;
        if (stop()) return end(End::kCancelled);
      }
      if (ended_.example == limit_) return end(End::kNotEarlier);
      if (!learn(predict(examples.row(r)), labels[r])) return false;
    }
  return true;
}

bool ProgramRun::judge(const Examples& examples, const Labels* labels, std::span<double> scores,
                       const std::function<bool()>& stop) {
  const std::uint64_t stop_every = examples_between_looks(machine_);
  std::uint64_t until_look = stop_every;
  for (std::size_t r = 0; r < examples.rows(); ++r) {
    if (--until_look == 0) {
      until_look = stop_every;
      if (stop()) return end(End::kCancelled);
    }
    if (ended_.example == limit_) return end(End::kNotEarlier);
    scores[r] = predict(examples.row(r));
    if (labels && !check(scores[r], (*labels)[r])) return false;
    ++ended_.example;
  }
  return true;
}

std::uint64_t run_length(const search::PreparedProgram& program, const Rules& rules,
                         std::size_t train_rows, std::size_t judged_rows) {
  const std::uint64_t predict = program[Function::kPredict].instructions.size(),
                      learn = program[Function::kLearn].instructions.size();
  return program[Function::kSetup].instructions.size() +
         rules.epochs * std::uint64_t{train_rows} * (predict + learn) + judged_rows * predict;
}

}  // namespace equivolve::algorithm_discovery
