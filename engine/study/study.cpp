#include "engine/study/study.hpp"

#include "engine/study/boolean_study.hpp"
#include "engine/study/graph_study.hpp"
#include "engine/study/polynomial_study.hpp"

namespace equivolve::study {

std::span<const Study> hashing_studies() {
  static constexpr Study kTable[] = {
      {"boolean", "Boolean expressions against their truth tables", &boolean_study},
      {"polynomials", "pairs of polynomials, equal and different by exact arithmetic",
       &polynomial_study},
      {"graphs", "graphs of up to 5 vertices against isomorphism", &graph_study},
  };
  return kTable;
}

}  // namespace equivolve::study
