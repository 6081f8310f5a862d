// What a designer does in small: two that do the same there are one to the search's hash.
#pragma once

#include <string>
#include <vector>

#include "evaluators/sequence_design/designer.hpp"

namespace equivolve::sequence_design {

/// The same for all candidates: a fixed draw of a task's rows.
struct ProbeSet {
  OfflineView rows;  ///< at most 512, and a quarter of the task's; those it is fitted to
  std::vector<Sequence> sequences;  ///< 256 whose scores it tells
  std::size_t task_rows = 0;
};
ProbeSet make_probe_set(const OfflineView& view);

struct Fingerprint {
  /// The method and those of its settings that steer the search: a short run alone would miss that
  /// a longer one goes on. Settings that it does not use are left out.
  std::string search;
  std::vector<double> told;  ///< scores of the sequences; empty: no proxy
  /// The 8 best that a run with 8 starts, a tenth of the steps and generations and an eighth of the
  /// population finds.
  std::vector<std::string> designs;
  bool operator==(const Fingerprint&) const = default;
};
/// Throws as fit_proxy.
Fingerprint fingerprint(const ProbeSet& set, DesignerSettings settings,
                        const std::vector<Sequence>& unlabelled);

}  // namespace equivolve::sequence_design
