// Pictures of designs, as self-contained SVG.
#pragma once

#include <string>
#include <vector>

#include "evaluators/sequence_design/sequence.hpp"

namespace equivolve::sequence_design {

/// A sequence logo: at each position the letters, as high as their share of the information there
/// (log2 A - entropy, in bits; Schneider, Stephens 1990). Pads count as letters of their own.
std::string logo_svg(const std::vector<Sequence>& sequences, const SequenceShape& shape);

/// Two histograms over one scale: what was measured, and what is predicted of the designs.
std::string histograms_svg(const std::vector<double>& measured,
                           const std::vector<double>& predicted, const std::string& unit);

}  // namespace equivolve::sequence_design
