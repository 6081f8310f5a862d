// Designers drawn at random from the ranges that a search over designers has (beta up to 0.1 only).
#pragma once

#include <cmath>
#include <cstdint>

#include "evaluators/sequence_design/designer.hpp"

namespace equivolve::benchmarks {

inline sequence_design::DesignerSettings draw_designer(std::uint64_t index) {
  using sequence_design::Method;
  using sequence_design::ProxyKind;
  hashing::Stream s(7, hashing::Purpose::kTask, index);
  static constexpr Method kMethods[] = {Method::kBib, Method::kEvolution, Method::kGradientAscent,
                                        Method::kBdi, Method::kEnsembleMin};
  static constexpr ProxyKind kProxies[] = {ProxyKind::kRidgeOneHot, ProxyKind::kRidgePairwise,
                                           ProxyKind::kRidgeKmer, ProxyKind::kMlp};
  const auto log_between = [&](double low, double high) {
    return low * std::pow(high / low, s.uniform());
  };
  sequence_design::DesignerSettings d;
  d.method = kMethods[s.below(5)];
  d.proxy = kProxies[s.below(d.method == Method::kBib ? 3 : 4)];
  d.beta = d.lambda = log_between(1e-8, 1e-1);
  d.rate = log_between(1e-3, 0.5);
  d.steps = static_cast<std::size_t>(log_between(10, 400));
  d.target = s.uniform(2, 20);
  d.landmarks = static_cast<std::size_t>(log_between(256, 1024));
  d.depth = 1 + s.below(8);
  d.mutation = log_between(0.2, 4);
  d.population = static_cast<std::size_t>(log_between(64, 2048));
  d.width = static_cast<std::size_t>(log_between(16, 128));
  d.epochs = static_cast<std::size_t>(log_between(4, 20));
  d.seed = index;
  return d;
}

}  // namespace equivolve::benchmarks
