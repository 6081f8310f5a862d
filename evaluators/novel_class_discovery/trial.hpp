// One trial: a method judged on classes that play novel, or reported on the test rows.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluators/common/metrics/partitions.hpp"
#include "evaluators/novel_class_discovery/discovery.hpp"
#include "evaluators/novel_class_discovery/problem.hpp"

namespace equivolve::novel_class_discovery {

using ParallelFor = std::function<void(std::size_t, const std::function<void(std::size_t)>&)>;

/// Share of the rows of classes that stay known whose labels a fold takes where unlabelled rows may
/// be of known classes: so that attraction counts.
inline constexpr double kUnlabelledKnown = 0.2;

struct TrialSettings {
  std::size_t epochs = 200;
  std::size_t most_folds = 0xffff;  ///< the first ones
  std::uint64_t seed = 0;
  ParallelFor parallel_for;  ///< over folds
  std::function<bool()> stop;
};

struct TrialOutcome {
  DiscoveryEnd end = DiscoveryEnd::kDone;
  metrics::Agreement inductive;     ///< validation: of the scored rows, its accuracy by
                                    ///< Options::measure; test: of assigned rows
  metrics::Agreement transductive;  ///< validation: the same; test: of test rows clustered together
  double by_accuracy = 0, by_overlap = 0;  ///< validation: the mean over folds, by each measure
  double spread = 0;          ///< standard deviation over folds of the accuracy (divisor folds)
  double clusters = 0;        ///< found, the mean over folds; hidden classes not counted in
  std::vector<double> items;  ///< test: of each row, whether it is right
  std::uint64_t cost = 0;     ///< rows times epochs, of networks; else rows
};

/// Needs no truth of novel classes, and gets none.
TrialOutcome validate(const Method& method, const LearningRows& rows, const Options& options,
                      const TrialSettings& settings);

/// On the test rows, after learning from all training rows.
TrialOutcome test_trial(const Method& method, const Problem& problem, const HiddenTruth& truth,
                        const Options& options, const TrialSettings& settings);

/// As a discovery on all training rows is set up.
DiscoverySettings discovery_settings(const Options& options, std::size_t epochs,
                                     std::uint64_t seed);

}  // namespace equivolve::novel_class_discovery
