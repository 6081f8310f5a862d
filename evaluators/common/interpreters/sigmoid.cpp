#include "evaluators/common/interpreters/sigmoid.hpp"

#include "evaluators/common/interpreters/sigmoid_formula.hpp"

namespace equivolve::interpreters {

double sigmoid(double x) {
  return sigmoid_of<std::uint64_t>(x);
}

}  // namespace equivolve::interpreters
