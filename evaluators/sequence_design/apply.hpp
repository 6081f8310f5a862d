// Designs as files a laboratory can use. Scores there are in the data's own units and direction.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "evaluators/sdk/evaluator.hpp"
#include "evaluators/sequence_design/backtest.hpp"
#include "evaluators/sequence_design/settings.hpp"

namespace equivolve::sequence_design {

/// One design with what a person wants to know of it; scores in the view's units, higher is better.
struct DesignRow {
  Sequence sequence;
  Told told;
  double low = 0, high = 0;  ///< ends of the 90 % interval
  std::size_t distance = 0;  ///< to the nearest measured sequence, letters
  Sequence nearest;
  bool is_outside = false;  ///< farther from all rows than 99 % of the rows are from theirs
  std::string reason;
};

std::vector<DesignRow> describe_designs(const OfflineView& view, const Designs& designs,
                                        const Referees& referees, const Calibration& calibration);

struct ApplyContext {
  const OfflineTask& task;
  const Settings& settings;
  ApplySettings options;
  const std::vector<Sequence>& unlabelled;
  std::uint64_t seed = 0;
  std::function<void(const std::string&)> warn, note;
};
/// Runs the designer on all rows and writes the files. Throws std::runtime_error with one line.
void apply_designer(const ApplyContext& context, DesignerSettings settings,
                    sdk::ArtefactSink& sink);
/// The same of one sequence that a search over sequences found.
void apply_sequence(const ApplyContext& context, const Sequence& sequence, const Referees& referees,
                    sdk::ArtefactSink& sink);

}  // namespace equivolve::sequence_design
