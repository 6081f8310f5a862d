#include "tests/search/support/programs.hpp"

#include <gtest/gtest.h>

namespace equivolve::search::test {

ProgramSpace wide_space() {
  ProgramSpace space;
  space.memories = {4, 3, 2, 5};
  for (FunctionSpace& f : space.functions) {
    f = {0, 12, 6, {}};
    for (const OpInfo& info : op_table()) f.operations.push_back(info.op);
  }
  return space;
}

ProgramSpace narrow_space() {
  ProgramSpace space;
  space.memories = {4, 3, 0, 30};
  const std::vector<Op> operations = {
      Op::kScalarSum, Op::kScalarDifference, Op::kScalarProduct, Op::kScalarVectorProduct,
      Op::kVectorSum, Op::kVectorDifference, Op::kVectorProduct, Op::kDot,
      Op::kScalarMax, Op::kScalarConstant};
  const std::array<std::uint32_t, kFunctionCount> lengths = {5, 2, 6};
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    space.functions[f] = {lengths[f], lengths[f], lengths[f], operations};
  return space;
}

Program program(const std::string& text, const MemoryShape& shape) {
  auto parsed = parse_program(text, shape);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().line << ":" << parsed.error().column << ": "
                  << parsed.error().message;
    return {};
  }
  return *parsed;
}

}  // namespace equivolve::search::test
