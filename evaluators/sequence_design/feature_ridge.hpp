// Ridge regression on a feature map, and the moments of the data that BIB's closed forms need.
#pragma once

#include <memory>
#include <vector>

#include "evaluators/sequence_design/features.hpp"
#include "evaluators/sequence_design/offline.hpp"
#include "evaluators/sequence_design/proxy.hpp"

namespace equivolve::sequence_design {

/// With the n x D features F of the offline rows and their targets t.
struct FeatureMoments {
  std::vector<double> gram;   ///< G = F'F / n, D x D
  std::vector<double> cross;  ///< b = F't / n
  double square = 0;          ///< mean of t^2
};

/// `weights`: one a row (of a bootstrap, say), or empty: all 1.
FeatureMoments feature_moments(const FeatureMap& map, const OfflineView& view,
                               std::span<const double> weights = {});

/// w = (G + penalty tr(G) I)^-1 b. Where D > n that is kernel ridge regression with the ridge
/// penalty tr(K): BIB's beta is n times the penalty. Doubles the penalty up to three times where
/// the matrix is not positive definite to working precision; throws std::runtime_error after that.
std::vector<double> solve_moments(const FeatureMoments& moments, double penalty);

/// phi(p) . w
Proxy linear_proxy(std::shared_ptr<const FeatureMap> map, std::vector<double> weights,
                   std::string name);

/// Ridge with lambda tr(F'F) / D, the penalty of section 4.5's proxies.
Proxy fit_feature_ridge(std::shared_ptr<const FeatureMap> map, const OfflineView& view,
                        double lambda);

}  // namespace equivolve::sequence_design
