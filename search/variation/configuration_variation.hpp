// Random configurations, their mutations and crossover. Pure functions of their arguments and the
// stream. [any-thread] variation.hpp says what each is for.
//
// After each change the conditions are looked at again, in the order of the space: parameters that
// become active are drawn at random, inactive ones are zero. Fixed parameters keep their value.
// What is bred is never a forbidden combination:
//   random     drawn anew up to kDraws times; then the last draw is mended: a parameter of a
//              combination that is met takes another value, up to kRepairs times (as WalkSAT does);
//              then the space's fallback
//   mutation, crossover
//              tried up to kAttempts times; then the (first) parent unchanged, as Operator::kCopy
#pragma once

#include "hashing/stream.hpp"
#include "search/space/configuration_space.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::search {

struct ConfigurationBreeding {
  static constexpr int kDraws = 100;
  static constexpr int kRepairs = 1000;
  static constexpr int kAttempts = 32;
  /// A mutation picks an active parameter. A number then moves (gaussian_step, weight 3): a
  /// Gaussian step on its unit scale, reflected at the ends, at least one value where values are
  /// counted; and each other active number moves as well with probability 1 / (how many there are).
  /// Or it is drawn anew, to another value, as all else is (resample_parameter, weight 1); with
  /// that one switched off only numbers are picked.
  static constexpr double kStepDeviation = 0.1;  ///< of the unit scale
  /// Crossover takes each parameter from either parent (uniform_crossover, weight 1), or numbers
  /// are drawn from the interval between the parents' on the unit scale, widened by this share of
  /// its length at both ends and cut to the scale (blend_crossover, weight 1). Source: Eshelman,
  /// Schaffer 1993, "Real-coded genetic algorithms and interval-schemata" (BLX-alpha).
  static constexpr double kBlendAlpha = 0.5;
};

/// Uniform on the unit scale of each parameter, values equally likely where they are counted.
Genome random_genome(const ConfigurationSpace& space, hashing::Stream& stream);
/// Those of real_coded_variation.hpp take part where they have a weight.
Bred mutate_genome(GenomeView parent, const ConfigurationSpace& space, hashing::Stream& stream,
                   const OperatorWeights& weights = usual_weights());
Bred cross_genomes(GenomeView first, GenomeView second, const ConfigurationSpace& space,
                   hashing::Stream& stream, const OperatorWeights& weights = usual_weights());
Bred cross_and_mutate(GenomeView first, GenomeView second, const ConfigurationSpace& space,
                      hashing::Stream& stream, const OperatorWeights& weights = usual_weights());

}  // namespace equivolve::search
