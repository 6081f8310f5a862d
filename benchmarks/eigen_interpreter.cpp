#include "benchmarks/eigen_interpreter.hpp"

#include <cmath>

#include "hashing/stream.hpp"

namespace equivolve::benchmarks {
namespace {

using algorithm_discovery::End;
using algorithm_discovery::Rules;
using search::Function;
using search::Op;
using Vector = EigenInterpreter::Vector;

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

/// By value, so that it may be written over: a loop of four that the compiler turns into one
/// comparison (Eigen's own does not use vector instructions).
Vector heaviside(Vector x) {
  Vector out;
  for (int i = 0; i < x.size(); ++i) out[i] = x[i] > 0 ? 1 : 0;
  return out;
}

/// Whether the run may go on beside this label: kFinished if so.
End judge(double prediction, double label, const Rules& rules) {
  if (!std::isfinite(prediction)) return End::kNonFinite;
  // No label is further than 1 from a sigmoid.
  if (rules.classification && rules.error_bound >= 1) return End::kFinished;
  const double told = rules.classification ? logistic(prediction) : prediction;
  return std::abs(label - told) <= rules.error_bound ? End::kFinished : End::kErrorBound;
}

double loss_of(double prediction, double label, bool classification) {
  if (classification) return (prediction >= 0 ? 1.0 : 0.0) == label ? 0 : 1;
  return (label - prediction) * (label - prediction);
}

}  // namespace

bool EigenInterpreter::load(const search::ProgramView& program) {
  for (std::size_t f = 0; f < search::kFunctionCount; ++f) {
    std::uint32_t draws = 0;
    code_[f].clear();
    for (const eqv_instruction& i : program.functions[f]) {
      const auto op = static_cast<Op>(i.op);
      const bool random = search::op_info(op).random;
      code_[f].push_back(Step{op, i.in1, i.in2, i.out, random ? draws++ : 0, i.value,
                              random ? search::aux_float(i.aux) : 0.0});
    }
  }
  // Tried once: what cannot be executed is known from here on.
  wipe();
  for (const Code& code : code_)
    if (!execute(code)) return false;
  return true;
}

void EigenInterpreter::wipe() {
  memory_.scalars.fill(0);
  for (Vector& vector : memory_.vectors) vector.setZero();
  for (Matrix& matrix : memory_.matrices) matrix.setZero();
}

template <class Elements>
void EigenInterpreter::draw(const Step& step, Elements& out) const {
  hashing::Stream stream(seed_, hashing::Purpose::kEvaluate, step_ << 32 | step.ordinal);
  for (int r = 0; r < out.rows(); ++r)
    for (int c = 0; c < out.cols(); ++c)
      out(r, c) = step.value + step.deviation * stream.gaussian();
}

bool EigenInterpreter::execute(const Code& code) {
  auto& [s, v, m] = memory_;
  for (const Step& i : code) {
    switch (i.op) {
      case Op::kNoOp:
        break;
      case Op::kScalarSum:
        s[i.out] = s[i.in1] + s[i.in2];
        break;
      case Op::kScalarDifference:
        s[i.out] = s[i.in1] - s[i.in2];
        break;
      case Op::kScalarProduct:
        s[i.out] = s[i.in1] * s[i.in2];
        break;
      case Op::kScalarConstant:
        s[i.out] = i.value;
        break;
      case Op::kDot:
        s[i.out] = v[i.in1].dot(v[i.in2]);
        break;
      case Op::kScalarVectorProduct:
        v[i.out] = s[i.in1] * v[i.in2];
        break;
      case Op::kVectorSum:
        v[i.out] = v[i.in1] + v[i.in2];
        break;
      case Op::kVectorDifference:
        v[i.out] = v[i.in1] - v[i.in2];
        break;
      case Op::kVectorProduct:
        v[i.out] = v[i.in1].cwiseProduct(v[i.in2]);
        break;
      case Op::kVectorMax:
        v[i.out] = v[i.in1].cwiseMax(v[i.in2]);
        break;
      case Op::kVectorHeaviside:
        v[i.out] = heaviside(v[i.in1]);
        break;
      case Op::kOuter:
        m[i.out].noalias() = v[i.in1] * v[i.in2].transpose();
        break;
      case Op::kMatrixVectorProduct:
        v[i.out] = m[i.in1] * v[i.in2];  // into a temporary, as out may be in2
        break;
      case Op::kMatrixSum:
        m[i.out] = m[i.in1] + m[i.in2];
        break;
      case Op::kVectorGaussian:
        draw(i, v[i.out]);
        break;
      case Op::kMatrixGaussian:
        draw(i, m[i.out]);
        break;
      default:
        return false;
    }
  }
  return true;
}

void EigenInterpreter::call(Function function) {
  execute(code_[static_cast<std::size_t>(function)]);
  ++step_;
}

double EigenInterpreter::predict(const Vector& features) {
  memory_.vectors[search::kFeaturesAddress] = features;
  memory_.scalars[search::kLabelAddress] = 0;
  call(Function::kPredict);
  return memory_.scalars[search::kPredictionAddress];
}

EigenInterpreter::Outcome EigenInterpreter::run(const Task& task, const Rules& rules,
                                                std::uint64_t seed, std::span<double> scores) {
  seed_ = seed;
  step_ = 0;
  wipe();
  call(Function::kSetup);
  Outcome outcome;
  auto& [how, example] = outcome.ended;
  for (std::uint32_t epoch = 0; epoch < rules.epochs; ++epoch)
    for (std::size_t r = 0; r < task.train.labels.size(); ++r, ++example) {
      const double prediction = predict(task.train.features[r]), label = task.train.labels[r];
      if ((how = judge(prediction, label, rules)) != End::kFinished) return outcome;
      if (rules.classification) memory_.scalars[search::kPredictionAddress] = logistic(prediction);
      memory_.scalars[search::kLabelAddress] = label;
      call(Function::kLearn);
    }
  for (std::size_t r = 0; r < task.judged.labels.size(); ++r, ++example) {
    const double prediction = predict(task.judged.features[r]), label = task.judged.labels[r];
    scores[r] = prediction;
    if ((how = judge(prediction, label, rules)) != End::kFinished) return outcome;
    outcome.loss += loss_of(prediction, label, rules.classification);
  }
  outcome.loss /= static_cast<double>(task.judged.labels.size());
  return outcome;
}

}  // namespace equivolve::benchmarks
