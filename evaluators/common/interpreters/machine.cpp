#include "evaluators/common/interpreters/machine.hpp"

#include <algorithm>

#include "evaluators/common/interpreters/operations.hpp"

namespace equivolve::interpreters {

using search::Function;
using search::Kind;
using search::Op;

void Machine::load(const search::PreparedProgram& program, const search::MemoryShape& shape) {
  if (!(shape == shape_) || memory_.empty()) {
    shape_ = shape;
    row_ = padded(shape.dimension);
    scalars_ = padded(shape.scalars);
    const std::size_t square = std::size_t{row_} * shape.dimension;
    const auto vectors = static_cast<std::uint32_t>(vector_at(0)),
               matrices = static_cast<std::uint32_t>(matrix_at(0));
    places_ = {Place{}, Place{0, 1}, Place{vectors, row_},
               Place{matrices, static_cast<std::uint32_t>(square)}};
    memory_.assign(matrix_at(shape.matrices), 0.0);
    scratch_.assign(shape.matrices > 0 ? square : row_, 0.0);
  }
  for (std::size_t f = 0; f < search::kFunctionCount; ++f) {
    const auto& code = program.functions[f];
    code_[f].resize(code.instructions.size());
    for (std::size_t at = 0; at < code_[f].size(); ++at) code_[f][at] = decode(code, at);
  }
}

void Machine::reset(DrawKey key) {
  std::fill(memory_.begin(), memory_.end(), 0.0);
  key_ = key;
  step_ = 0;
}

void Machine::run(Function function) {
  const OperationContext context{memory_.data(), scratch_.data(), shape_.dimension, row_,
                                 key_,           step_ << 32};
  execute(code_[static_cast<std::size_t>(function)], context);
  ++step_;
}

std::uint64_t Machine::call_cost(Function function) const {
  const std::uint64_t d = shape_.dimension;
  std::uint64_t cost = 1;
  for (const Step& step : code_[static_cast<std::size_t>(function)]) {
    if (step.op == search::kZeroFill) {
      cost += step.zero_kind == Kind::kMatrix ? d * d : d;
      continue;
    }
    const auto& info = search::op_info(static_cast<Op>(step.op));
    auto is = [&](Kind kind) { return info.in1 == kind || info.in2 == kind || info.out == kind; };
    std::uint64_t one = is(Kind::kMatrix) ? d * d : is(Kind::kVector) ? d : 1;
    if (info.op == Op::kMatrixMatrixProduct) one *= d;
    cost += info.random ? one * 16 : one;
  }
  return cost;
}

Step Machine::decode(const search::PreparedProgram::Code& code, std::size_t at) const {
  const eqv_instruction& i = code.instructions[at];
  Step step;
  step.op = i.op;
  step.aux = i.aux;
  step.value = i.value;
  step.ordinal = code.ordinal(at);
  if (i.op == search::kZeroFill) {
    step.zero_kind = search::zero_kind(i);
    step.out = offset(step.zero_kind, i.out);
    return step;
  }
  const auto& info = search::op_info(static_cast<Op>(i.op));
  step.in1 = offset(info.in1, i.in1);
  step.in2 = offset(info.in2, i.in2);
  step.out = offset(info.out, i.out);
  return step;
}

}  // namespace equivolve::interpreters
