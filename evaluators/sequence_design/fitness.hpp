// What a search goes by. Nothing here sees an oracle.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "evaluators/sequence_design/designer.hpp"

namespace equivolve::sequence_design {

struct HoldoutFigures {
  double spearman = 0;    ///< mean over the hold-outs
  double enrichment = 0;  ///< of the best 5 % of the held-out rows among the 5 % told highest
  bool finished = true;
};

/// Fits the designer's proxy to the rows below a threshold and ranks those above it. One hold-out:
/// all rows (at most `rows`), threshold at 80 %; of several each takes 80 % of the rows, drawn by
/// `seed`, and thresholds of 70, 80 and 90 % in turn. Throws as fit_proxy.
HoldoutFigures holdout(const OfflineView& view, const DesignerSettings& settings,
                       const std::vector<Sequence>& unlabelled, std::size_t rows,
                       std::size_t resamplings, std::uint64_t seed, const Work& work);

/// Bootstrap networks that judge designs, seeds apart from every candidate's. A value. [any-thread]
class Referees {
 public:
  Referees(const OfflineView& view, std::size_t count, std::size_t width, std::size_t epochs,
           std::uint64_t seed, const Work& work);

  struct Opinion {
    double mean, deviation;  ///< of the members, standardised units
  };
  std::vector<Opinion> judge(std::span<const Sequence> sequences) const;
  const std::vector<Proxy>& members() const { return members_; }
  /// Standard deviation of what a row's score is, around the members that did not train on it.
  double noise() const { return noise_; }

 private:
  std::vector<Proxy> members_;
  double noise_ = 0;
};

/// Median over designs of (mean - caution deviation), minus 0.1 times the share of `wanted` that
/// different designs fall short of.
double judged_fitness(const Referees& referees, const std::vector<Sequence>& designs,
                      std::size_t wanted, double caution);

}  // namespace equivolve::sequence_design
