// From a pool to the N designs, and how good those are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluators/sequence_design/designer.hpp"

namespace equivolve::sequence_design {

enum class Selection {
  kDistinctTop,  ///< the best different feasible sequences by the proxy
  kRaw,          ///< the method's own output, for comparison with the literature
  kDiverse,      ///< the best, each at least min_distance from those before it
};
std::vector<std::string> selection_names();

struct Designs {
  std::vector<Sequence> sequences;  ///< N, where the offline set or the pool has as many
  std::size_t filled = 0;           ///< of them, taken from the best offline sequences
};
Designs select_designs(const Pool& pool, const OfflineView& view, std::size_t count,
                       Selection selection, std::size_t min_distance);

/// Without an oracle.
struct DesignFigures {
  double unique = 0;     ///< different sequences
  double novel = 0;      ///< of those, not in the offline set
  double diversity = 0;  ///< mean Hamming distance of two designs
  double feasible = 0;   ///< share
};
DesignFigures design_figures(const std::vector<Sequence>& designs, const OfflineView& view);

struct OracleFigures {
  double p100 = 0, p80 = 0, p50 = 0;  ///< of normalised scores
  double mean = 0;
  double unmeasured = 0;  ///< designs that the oracle has no score for; they count as 0
  std::vector<double> scores;
};
OracleFigures oracle_figures(const std::vector<Sequence>& designs, const Landscape& oracle);

/// The value below which a share of the values lies, interpolated linearly; of an even count the
/// median is the mean of the middle two. Not empty.
double percentile(std::vector<double> values, double share);

}  // namespace equivolve::sequence_design
