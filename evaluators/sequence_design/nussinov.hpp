// Most base pairs of an RNA sequence without pseudoknots, a surrogate of folding. Source: Nussinov,
// Jacobson 1980, "Fast algorithm for predicting the secondary structure of single-stranded RNA".
#pragma once

#include "evaluators/sequence_design/landscape.hpp"

namespace equivolve::sequence_design {

/// Pairs A-U, C-G and G-U with at least 3 bases between; symbols are positions in "ACGU". O(L^3).
std::size_t most_base_pairs(SequenceView rna);

/// 2 pairs / L; range 0 to 2 floor((L - 3) / 2) / L, which a hairpin reaches.
Landscape nussinov_landscape(std::size_t length, std::string name);

}  // namespace equivolve::sequence_design
