#include "evaluators/common/interpreters/lane_calls.hpp"

#include <cmath>

#include "evaluators/common/interpreters/machine.hpp"
#include "evaluators/common/interpreters/setup_draws.hpp"
#include "search/genome/program_ops.hpp"

namespace equivolve::interpreters {
namespace {

using search::Kind;
using search::Op;

template <class F>
void each(double* out, const double* in, std::uint32_t n, F f) {
  for (std::uint32_t l = 0; l < n; ++l) out[l] = f(in[l]);
}

std::size_t elements(Kind kind, std::size_t dimension) {
  return kind == Kind::kMatrix ? dimension * dimension : kind == Kind::kVector ? dimension : 1;
}

}  // namespace

void call_libm(std::uint8_t op, double* out, const double* in, std::uint32_t n) {
  switch (static_cast<Op>(op)) {
    case Op::kScalarSin:
      return each(out, in, n, [](double x) { return std::sin(x); });
    case Op::kScalarCos:
      return each(out, in, n, [](double x) { return std::cos(x); });
    case Op::kScalarTan:
      return each(out, in, n, [](double x) { return std::tan(x); });
    case Op::kScalarArcsin:
      return each(out, in, n, [](double x) { return std::asin(x); });
    case Op::kScalarArccos:
      return each(out, in, n, [](double x) { return std::acos(x); });
    case Op::kScalarArctan:
      return each(out, in, n, [](double x) { return std::atan(x); });
    case Op::kScalarExp:
      return each(out, in, n, [](double x) { return std::exp(x); });
    case Op::kScalarLog:
      return each(out, in, n, [](double x) { return std::log(x); });
    default:
      return;
  }
}

void call_draws(const LaneStep& step, const LaneBlock& block) {
  const search::OpInfo& info = search::op_info(static_cast<Op>(step.op));
  const bool uniform = info.immediate == search::Immediate::kRange;
  const double first = step.value, second = search::aux_float(step.aux);
  const std::size_t n = elements(info.out, block.dimension);
  const auto purpose = static_cast<hashing::Purpose>(block.purpose);
  if (!uniform && block.step == 0) {
    const auto normals = block.draws->normals({block.seeds, block.lanes}, purpose, step.ordinal, n);
    for (std::size_t at = 0; at < normals.size(); ++at) step.out[at] = first + second * normals[at];
    return;
  }
  for (std::uint32_t l = 0; l < block.lanes; ++l) {
    hashing::Stream stream(block.seeds[l], purpose, block.step << 32 | step.ordinal);
    for (std::size_t e = 0; e < n; ++e)
      step.out[e * block.lanes + l] =
          uniform ? stream.uniform(first, second) : first + second * stream.gaussian();
  }
}

}  // namespace equivolve::interpreters
