// What the same pipeline would have found among rows whose score is known, and how far its word can
// be trusted: intervals calibrated on such rows.
#pragma once

#include <vector>

#include "evaluators/sequence_design/fitness.hpp"

namespace equivolve::sequence_design {

/// Of what a pipeline tells before it is measured; view's units (higher is better).
struct Told {
  double predicted = 0;  ///< mean of the referees
  double spread = 0;     ///< standard deviation: between the referees, and of their noise
};
std::vector<Told> told_by(const Referees& referees, const OfflineView& view,
                          std::span<const Sequence> sequences);

/// A 90 % interval runs from predicted + low spread to predicted + high spread.
struct Calibration {
  double low = -1.645, high = 1.645;
  double low_of(const Told& told) const { return told.predicted + low * told.spread; }
  double high_of(const Told& told) const { return told.predicted + high * told.spread; }
};

/// How rows and designs are told and picked. `settings.designs` rows are picked, a
/// quarter of the hidden ones at most.
struct Pipeline {
  DesignerSettings settings;
  const std::vector<Sequence>& unlabelled;
  std::size_t referees = 5;
  std::uint64_t seed = 0;
};

/// The networks that tell scores of designs, and of rows hidden from them. Seeds are the
/// pipeline's.
Referees pipeline_referees(const OfflineView& view, const Pipeline& pipeline, const Work& work);

/// Conformal prediction with normalised residuals (Papadopoulos et al. 2002; Lei et al. 2018,
/// section 5.2), a quantile for each side. `residuals`: (score - predicted) / spread of rows that
/// stand for what is told next; of n the ends are the floor(0.05 (n + 1))-th and the ceil(0.95 (n +
/// 1))-th, the outermost where there is none. Empty: those of a normal distribution.
Calibration calibrate(std::vector<double> residuals);

struct Backtest {
  std::size_t hidden = 0;  ///< rows that the pipeline may pick from: the top fifth, as many others
  std::size_t picked = 0;
  double enrichment = 0;  ///< share of the top fifth among the picks, over that in the pool
  double mean_picked = 0, mean_pool = 0, best_picked = 0;  ///< true scores, view's units
  double best_known = 0;                                   ///< best of the rows it was fitted to
  double coverage = 0;            ///< share of picks within their interval; 0.90 is right
  std::vector<std::size_t> rows;  ///< picks, best by the proxy first
  std::vector<Told> told;         ///< of the picks
  std::vector<Calibration> own;   ///< of the picks: from the residuals of the others
  Calibration calibration;        ///< from all: what a design's interval goes by
};
/// Hides the best fifth and as many random others, fits proxy and referees to the rest, and picks
/// by the proxy. Residuals are those of the half of the hidden rows that the proxy ranks highest:
/// like designs, they were chosen by it and lie beyond what it was fitted to. At least 40 rows.
/// Throws as fit_proxy, and where the rest has one score only.
Backtest run_backtest(const OfflineView& view, const Pipeline& pipeline, const Work& work);

}  // namespace equivolve::sequence_design
