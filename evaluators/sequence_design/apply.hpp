// Designs as files a laboratory can use, and what the same pipeline would have found among rows
// whose score is known.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "evaluators/sdk/evaluator.hpp"
#include "evaluators/sequence_design/fitness.hpp"
#include "evaluators/sequence_design/settings.hpp"

namespace equivolve::sequence_design {

/// One design with what a person wants to know of it; numbers in the data's own units.
struct DesignRow {
  Sequence sequence;
  double predicted = 0;      ///< mean of the referees
  double spread = 0;         ///< standard deviation stated with it: referees and noise
  std::size_t distance = 0;  ///< to the nearest measured sequence, letters
  Sequence nearest;
  bool is_outside = false;  ///< farther from all rows than 99 % of the rows are from theirs
  std::string reason;
};

/// `filled`: how many at the end are measured sequences.
std::vector<DesignRow> describe_designs(const OfflineView& view, const Designs& designs,
                                        const Referees& referees);

struct Backtest {
  std::size_t hidden = 0;  ///< rows that the pipeline may pick from: the top fifth, as many others
  std::size_t picked = 0;
  double enrichment = 0;  ///< share of the top fifth among the picks, over that in the pool
  double mean_picked = 0, mean_pool = 0, best_picked = 0;  ///< true scores
  double best_known = 0;                                   ///< best of the rows it was fitted to
  double coverage = 0;                ///< share of picks within 1.645 stated spreads; 0.90 is right
  std::vector<std::size_t> rows;      ///< picks, best told first
  std::vector<double> told, spreads;  ///< of the picks
};
/// Hides the best fifth and as many random others, fits proxy and referees to the rest, and picks
/// by the proxy. At least 40 rows.
Backtest run_backtest(const OfflineView& view, const DesignerSettings& settings,
                      const std::vector<Sequence>& unlabelled, std::size_t referees,
                      std::uint64_t seed, const Work& work);

struct ApplyContext {
  const OfflineTask& task;
  const Settings& settings;
  ApplySettings options;
  const std::vector<Sequence>& unlabelled;
  std::uint64_t seed = 0;
  std::function<void(const std::string&)> warn, note;
};
/// Runs the designer on all rows and writes the files.
void apply_designer(const ApplyContext& context, DesignerSettings settings,
                    sdk::ArtefactSink& sink);
/// The same of one sequence that a search over sequences found.
void apply_sequence(const ApplyContext& context, const Sequence& sequence, const Referees& referees,
                    sdk::ArtefactSink& sink);

}  // namespace equivolve::sequence_design
