// What was measured. A designer sees an OfflineView and nothing else: the oracle, where a task has
// one, stays with the OfflineTask.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/sequence_design/constraints.hpp"
#include "evaluators/sequence_design/landscape.hpp"

namespace equivolve::sequence_design {

/// A value. [any-thread]
struct OfflineView {
  FeasibleSet set;
  std::vector<Sequence> sequences;
  std::vector<double> scores;   ///< in the data's own units, higher is better
  std::vector<double> targets;  ///< (score - mean) / deviation
  double mean = 0;
  double deviation = 1;  ///< of the population

  std::size_t size() const { return sequences.size(); }
  const SequenceShape& shape() const { return set.shape(); }
};

/// Standardises. `scores` are not all equal.
OfflineView make_view(FeasibleSet set, std::vector<Sequence> sequences, std::vector<double> scores);
/// Some of its rows, standardised anew.
OfflineView rows_of(const OfflineView& view, const std::vector<std::size_t>& rows);
/// Row numbers by score, best first; of equal ones the first first.
std::vector<std::size_t> best_first(const std::vector<double>& scores);
/// `count` of 0 .. n - 1, each once, ascending; all of them where count >= n.
std::vector<std::size_t> draw_rows(std::size_t n, std::size_t count, std::uint64_t seed);

struct OfflineTask {
  std::string name;
  OfflineView offline;
  std::optional<Landscape> oracle;
  std::array<std::uint8_t, 16> digest{};  ///< of the data's bytes, or of the landscape's name
  std::string report;                     ///< what was done to the data; one line or empty
};

}  // namespace equivolve::sequence_design
