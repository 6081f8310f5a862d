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
};
ProbeSet make_probe_set(const OfflineView& view);

struct Fingerprint {
  std::string method;
  std::vector<double> told;  ///< of the sequences; only their order counts. Empty: no proxy
  /// The 8 best that a run with 8 starts, a tenth of the steps and generations and an eighth of the
  /// population finds. So settings that it does not use leave no trace.
  std::vector<std::string> designs;
  bool operator==(const Fingerprint&) const = default;
};
/// Throws as fit_proxy.
Fingerprint fingerprint(const ProbeSet& set, DesignerSettings settings,
                        const std::vector<Sequence>& unlabelled);

}  // namespace equivolve::sequence_design
