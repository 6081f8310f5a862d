#include "evaluators/novel_class_discovery/trial.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/common/linalg/assignment.hpp"
#include "evaluators/novel_class_discovery/folds.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using metrics::Agreement;

/// In the names of the truth: known classes keep theirs, clusters come behind them.
Labels told_of(const Labels& labels, std::size_t clusters, std::size_t classes) {
  Labels out(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    out[i] = static_cast<std::uint32_t>(labels[i] < clusters ? classes + labels[i]
                                                             : labels[i] - clusters);
  return out;
}

std::uint64_t cost_of(const Method& method, const LearningRows& rows, std::size_t epochs) {
  const std::size_t count = rows.known.rows + rows.unlabelled.rows;
  return method.has_code() ? count * epochs : count;
}

/// The share of the scored rows that is right where unlabelled rows count too: of each hidden class
/// the Jaccard coefficient (Jaccard 1912) of its rows and its cluster, under the best one-to-one
/// map of clusters to hidden classes. Unlabelled rows in such a cluster count against it, since
/// they are of other classes, whatever theirs are; so it is of no use to put classes together.
/// `labels`: of all rows that were clustered.
double overlap(const Fold& fold, const Labels& labels, std::size_t clusters) {
  const std::size_t first = fold.rows.classes;
  linalg::Matrix<double> shared(clusters, fold.hidden);
  std::vector<double> sizes(clusters, 0.0), rows(fold.hidden, 0.0);
  for (std::uint32_t label : labels)
    if (label < clusters) sizes[label] += 1;
  double right = 0;  // of rows of classes that stayed known (mixed)
  for (std::size_t i = 0; i < fold.scored.size(); ++i) {
    const std::uint32_t label = labels[fold.scored[i]];
    const bool is_new = label < clusters;
    if (fold.truth[i] >= first) {
      rows[fold.truth[i] - first] += 1;
      if (is_new) shared(label, fold.truth[i] - first) += 1;
    } else if (is_new) {
      sizes[label] -= 1;  // an error of its own already
    } else {
      right += label - clusters == fold.truth[i];
    }
  }
  linalg::Matrix<double> cost(clusters, fold.hidden);
  for (std::size_t k = 0; k < clusters; ++k)
    for (std::size_t c = 0; c < fold.hidden; ++c)
      cost(k, c) = -rows[c] * shared(k, c) / (rows[c] + sizes[k] - shared(k, c));
  return (right - linalg::assign(cost.view()).cost) / static_cast<double>(fold.scored.size());
}

/// The test rows whose truth is known, with it.
struct TestRows {
  Points x;
  Labels truth;
};
TestRows told_rows(const Points& test, const HiddenTruth& truth) {
  std::vector<std::uint32_t> rows;
  TestRows out;
  for (std::uint32_t r = 0; r < test.rows; ++r) {
    if (truth.of_test[r] == HiddenTruth::kUntold) continue;
    rows.push_back(r);
    out.truth.push_back(truth.of_test[r]);
  }
  out.x = rows_of(test.view(), rows);
  return out;
}

struct FoldOutcome {
  DiscoveryEnd end = DiscoveryEnd::kDone;
  Agreement agreement;
  double by_overlap = 0, clusters = 0;
  std::uint64_t cost = 0;
};

FoldOutcome run_fold(const Method& method, const LearningRows& rows, const Labels& hidden,
                     const Options& options, const TrialSettings& settings, std::uint64_t seed) {
  const Fold fold =
      make_fold(rows, hidden, {options.hidden_only, options.mixed ? kUnlabelledKnown : 0, seed});
  DiscoverySettings how = discovery_settings(options, settings.epochs, seed);
  how.stop = settings.stop;
  const std::size_t unseen = options.hidden_only ? 0 : options.classes.value_or(0);
  if (how.clusters) how.clusters = unseen + fold.hidden;
  const Discovery found = Discovery::run(method, fold.rows, how);
  FoldOutcome out;
  out.end = found.end();
  out.cost = cost_of(method, fold.rows, settings.epochs);
  if (out.end != DiscoveryEnd::kDone) return out;
  Labels labels;
  if (fold.rows.grouped.empty())
    for (std::uint32_t r : fold.scored) labels.push_back(found.labels()[r]);
  else
    labels = found.labels();
  const std::size_t classes = fold.rows.classes;
  out.agreement = metrics::agreement(fold.truth, told_of(labels, found.clusters(), classes),
                                     static_cast<std::uint32_t>(classes));
  out.by_overlap = fold.rows.grouped.empty() ? overlap(fold, found.labels(), found.clusters())
                                             : out.agreement.accuracy;
  out.clusters = std::max(0.0, static_cast<double>(found.clusters()) -
                                   static_cast<double>(options.hidden_only ? 0 : fold.hidden));
  return out;
}

void add(Agreement& sum, const Agreement& a, double share) {
  sum.accuracy += share * a.accuracy;
  sum.balanced_accuracy += share * a.balanced_accuracy;
  sum.nmi += share * a.nmi;
  sum.ari += share * a.ari;
}

}  // namespace

DiscoverySettings discovery_settings(const Options& options, std::size_t epochs,
                                     std::uint64_t seed) {
  DiscoverySettings how;
  how.clusters = options.classes;
  how.count = options.count;
  how.mixed = options.mixed;
  how.epochs = epochs;
  how.batch = options.batch;
  how.restarts = options.restarts;
  how.most_rows = options.most_rows;
  how.seed = seed;
  return how;
}

TrialOutcome validate(const Method& method, const LearningRows& rows, const Options& options,
                      const TrialSettings& settings) {
  const auto hidden = hidden_classes(rows.classes, options.hidden_fraction, settings.seed);
  const std::size_t folds = std::min(settings.most_folds, hidden.size());
  std::vector<FoldOutcome> outcomes(folds);
  settings.parallel_for(folds, [&](std::size_t f) {
    const std::uint64_t seed = hashing::derive_seed(settings.seed, hashing::Purpose::kSplit, 1 + f);
    outcomes[f] = run_fold(method, rows, hidden[f], options, settings, seed);
  });
  TrialOutcome out;
  const double share = 1 / static_cast<double>(folds);
  for (const FoldOutcome& fold : outcomes) {
    if (out.end == DiscoveryEnd::kDone) out.end = fold.end;
    out.cost += fold.cost;
    out.clusters += share * fold.clusters;
    add(out.inductive, fold.agreement, share);
    out.by_overlap += share * fold.by_overlap;
  }
  out.by_accuracy = out.inductive.accuracy;
  // One hidden class is found whole by putting all rows together.
  const bool overlaps = options.measure == FoldMeasure::kOverlap || hidden[0].size() == 1;
  if (overlaps) out.inductive.accuracy = out.by_overlap;
  out.transductive = out.inductive;
  for (const FoldOutcome& fold : outcomes) {
    const double d =
        (overlaps ? fold.by_overlap : fold.agreement.accuracy) - out.inductive.accuracy;
    out.spread += share * d * d;
  }
  out.spread = std::sqrt(out.spread);
  return out;
}

TrialOutcome test_trial(const Method& method, const Problem& problem, const HiddenTruth& truth,
                        const Options& options, const TrialSettings& settings) {
  DiscoverySettings how = discovery_settings(options, settings.epochs, settings.seed);
  how.stop = settings.stop;
  const Discovery found = Discovery::run(method, problem.train, how);
  TrialOutcome out;
  out.end = found.end();
  out.cost = cost_of(method, problem.train, settings.epochs);
  if (out.end != DiscoveryEnd::kDone) return out;
  const std::size_t classes = problem.train.classes, clusters = found.clusters();
  const auto fixed = static_cast<std::uint32_t>(classes);
  const TestRows test = told_rows(problem.test, truth);
  const Labels assigned = told_of(found.assign(test.x.view()), clusters, classes);
  out.inductive = metrics::agreement(test.truth, assigned, fixed);
  out.items = metrics::matched_items(test.truth, assigned, fixed);
  const auto regrouped = found.regroup(test.x.view());
  if (!regrouped) {
    out.end = DiscoveryEnd::kNotConverged;
    return out;
  }
  out.transductive = metrics::agreement(test.truth, told_of(*regrouped, clusters, classes), fixed);
  out.clusters = static_cast<double>(clusters);
  return out;
}

}  // namespace equivolve::novel_class_discovery
