// The search methods one by one; designer.hpp chooses among them. Each returns what it found, in an
// order that does not depend on threads. Internal to this folder and its tests.
#pragma once

#include <memory>
#include <vector>

#include "evaluators/sequence_design/designer.hpp"
#include "evaluators/sequence_design/feature_ridge.hpp"
#include "evaluators/sequence_design/kernel_model.hpp"
#include "evaluators/sequence_design/mlp.hpp"

namespace equivolve::sequence_design {

struct Found {
  std::vector<Sequence> visited;  ///< candidates, infeasible ones brought into the set
  std::vector<Sequence> raw;      ///< the method's own N designs as they are
  std::size_t diverged = 0;
};

/// Logits of each symbol at each position whose forward value is the one-hot matrix of the greatest
/// and whose backward pass is that of the softmax (straight-through; BIB).
class SoftSequence {
 public:
  /// `noise`: cells numbers, shared by all designs; at each position the greatest changes places
  /// with the one at the start's symbol.
  SoftSequence(SequenceView start, std::size_t symbols, std::span<const double> noise);
  std::span<double> logits() { return theta_; }
  Sequence decoded() const { return row_argmax(theta_, symbols_); }
  /// Into p; false where it was there already.
  bool one_hot_of(std::span<double> p) const;
  /// By the matrix to by the logits, in place.
  void pull_back(std::span<double> gradient) const;

 private:
  std::size_t symbols_;
  std::vector<double> theta_;
};
/// N(0, 0.01) numbers for the above.
std::vector<double> start_noise(const SequenceShape& shape, std::uint64_t seed);

Found ascend(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
             const Work& work);

/// BIB's two losses at phi, up to the factor of their mixture. `forward` and `backward` are the
/// values; the derivatives by phi go to the spans.
struct BibLosses {
  double forward = 0, backward = 0;
};
BibLosses bib_losses(const FeatureMoments& moments, std::span<const double> w,
                     std::span<const double> phi, double target, double beta,
                     std::span<double> by_forward, std::span<double> by_backward);

Found bib(const OfflineView& view, const DesignerSettings& settings, const FeatureMap& map,
          const FeatureMoments& moments, const std::vector<double>& w, const Proxy& auxiliary,
          const Work& work);

/// BDI's loss at x and its gradient.
double bdi_loss(const Landmarks& landmarks, std::span<const double> alpha, double target,
                Directions directions, std::span<const double> x, std::span<double> gradient,
                KernelRow& row);
Found bdi(const OfflineView& view, const DesignerSettings& settings, const Landmarks& landmarks,
          const std::vector<double>& alpha, const Work& work);

Found conservative_ascent(const OfflineView& view, const DesignerSettings& settings,
                          const ConservativeModel& model, std::size_t steps, const Work& work);

Found random_draws(const OfflineView& view, std::size_t count, std::uint64_t seed,
                   const Work& work);
Found evolve(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
             const Work& work);
/// All of them; throws std::runtime_error where A^l is above 10^6.
Found enumerate(const OfflineView& view, const Work& work);
/// Conditioning by adaptive sampling (Brookes, Park, Listgarten 2019, algorithm 1), with
/// variational autoencoders; its designs are draws of the last one.
Found cbas(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
           const Work& work);
/// Hansen 2016, one run from each start in standardised logits, on the proxy; each run's best point
/// is its design. The covariance is diagonal (Ros, Hansen 2008) above 100 coordinates.
Found cma_es(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
             const Work& work);

}  // namespace equivolve::sequence_design
