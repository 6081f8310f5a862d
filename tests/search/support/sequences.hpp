// Spaces and sequences for tests.
#pragma once

#include <string>
#include <vector>

#include "search/space/sequence_space.hpp"

namespace equivolve::search::test {

SequenceSpace dna_space(std::uint32_t length = 8);

/// Fixed and varying lengths, one symbol and 255, characters beyond ASCII, longer names.
std::vector<SequenceSpace> sequence_spaces();

}  // namespace equivolve::search::test
