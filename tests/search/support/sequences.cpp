#include "tests/search/support/sequences.hpp"

namespace equivolve::search::test {

SequenceSpace dna_space(std::uint32_t length) {
  return {{"A", "C", "G", "T"}, length, length, length};
}

std::vector<SequenceSpace> sequence_spaces() {
  std::vector<std::string> many;
  for (int i = 0; i < 255; ++i) many.push_back("symbol-" + std::to_string(i));
  return {dna_space(),
          dna_space(1),
          {{"A", "C", "G", "T"}, 4, 12, 6},
          {{"x"}, 3, 3, 3},                              // one sequence only
          {{"x"}, 1, 5, 2},                              // lengths alone vary
          {{"\xce\xb1", "\xe2\x86\x92", "#"}, 1, 7, 4},  // alpha, an arrow
          {{"H", "CX", "rot_y"}, 1, 9, 9},
          {many, 1, 300, 100}};
}

}  // namespace equivolve::search::test
