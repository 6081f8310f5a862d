// One trial: a sampler on every matrix, power and size, against Lewis weights on the same draws.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "evaluators/sdk/equivolve_evaluator.h"
#include "evaluators/sensitivity_sampling/matrices.hpp"
#include "evaluators/sensitivity_sampling/samplers.hpp"

namespace equivolve::sensitivity_sampling {

/// How much a level of fidelity tries.
struct Level {
  const char* name = "full";
  std::size_t rows = 0;
  std::vector<double> budgets;  ///< m, ascending
  unsigned seeds = 0;
  row_sampling::DistortionSettings search;
};
/// The last is everything. Throws sdk::Refused where a sample would be larger than the matrix.
std::vector<Level> make_levels(const Options& options, const Matrices& matrices);

/// Of all cells, a cell being a matrix, a power and a size.
struct TrialOutcome {
  eqv_status status = EQV_OK;
  std::string message;
  /// log(min(D, 2) / D_Lewis) of each cell, D the median distortion over its samples.
  std::vector<double> log_ratios;
  double deficient_share = 0;   ///< of the samples
  double regression_error = 0;  ///< median over the cells that have one; at most kWorstError
  double kept_share = 0;        ///< rows kept over rows asked for
  double biased_share = 0;      ///< of the cells: some row can never be drawn
  std::uint64_t samples = 0;
};
inline constexpr double kWorstError = 1e6;

using ParallelFor =
    std::function<void(std::size_t n, const std::function<void(std::size_t)>& body)>;

class Trial {
 public:
  /// Refers to `matrices`, which must outlive it.
  Trial(Matrices& matrices, std::vector<double> powers) : matrices_(matrices), powers_(powers) {}

  /// [any-thread] Cells go through parallel_for. Sample k of a cell follows from (common_seed, k,
  /// m) alone, so that all samplers share their luck. Cancelled when stop() says so.
  TrialOutcome run(const Sampler& sampler, const Level& level, bool test, std::uint64_t common_seed,
                   const ParallelFor& parallel_for, const std::function<bool()>& stop);

 private:
  struct Cell {
    std::shared_ptr<const Prepared> matrix;
    double m = 0;
  };
  struct CellOutcome {
    bool scored = true, biased = false;
    double distortion = 0, regression_error = 0, rows = 0;
    unsigned deficient = 0;
  };
  /// What all candidates of a trial have in common.
  struct Ground {
    std::vector<Cell> cells;
    std::vector<double> lewis;  ///< median distortions
  };
  struct GroundKey {
    bool test = false;
    std::string level;
    std::uint64_t common_seed = 0;
    bool operator==(const GroundKey&) const = default;
  };

  std::shared_ptr<const Ground> ground(const Level& level, bool test, std::uint64_t common_seed,
                                       const std::function<bool()>& stop);
  CellOutcome run_cell(const Sampler& sampler, const Cell& cell, const Level& level,
                       std::uint64_t common_seed, bool regress,
                       const std::function<bool()>& stop) const;

  static constexpr std::size_t kMostGrounds = 64;

  Matrices& matrices_;
  std::vector<double> powers_;
  std::mutex mutex_;
  std::list<std::pair<GroundKey, std::shared_ptr<const Ground>>> grounds_;  // protected by mutex_
};

/// The mean of the middle two of an even number; 0 of none.
double median(std::vector<double> values);

}  // namespace equivolve::sensitivity_sampling
