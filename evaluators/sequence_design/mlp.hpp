// Small networks as proxies: one-hot input, two hidden layers with ReLU, one output.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "evaluators/sequence_design/logit_encoding.hpp"
#include "evaluators/sequence_design/offline.hpp"
#include "evaluators/sequence_design/proxy.hpp"

namespace equivolve::sequence_design {

struct MlpSettings {
  std::size_t width = 256;  ///< of both hidden layers
  std::size_t epochs = 12;
  std::size_t batch = 256;
  double rate = 1e-3;       ///< of Adam
  double weight_decay = 0;  ///< decoupled
  bool bootstrap = false;   ///< rows drawn with replacement in place of all of them
  std::uint64_t seed = 0;
};

/// Trained on the view's targets with the squared error. `stop` is asked between batches; where it
/// says so, what was trained so far is returned.
Proxy fit_mlp(const OfflineView& view, const MlpSettings& settings,
              const std::function<bool()>& stop = {});

/// Conservative objective model, of COMs. Source: Trabucco et al. 2021 (arXiv 2107.06882),
/// algorithm 1 and the authors' constants for discrete tasks: on logits that are not standardised;
/// the squared error plus alpha (mean score of what gradient ascent makes of a batch - mean score
/// of the batch), where log alpha moves by Adam until that gap is about `gap`.
struct ConservativeSettings {
  MlpSettings mlp{.width = 128, .epochs = 4, .batch = 128, .rate = 3e-4};
  double gap = 2;           ///< tau, in standardised units
  double multiplier = 0.1;  ///< alpha at the start
  double multiplier_rate = 0.01;
  std::size_t ascent_steps = 50;
  double ascent_rate = 2;  ///< times the root of the number of coordinates
};

struct ConservativeModel {
  Proxy proxy;
  std::shared_ptr<const LogitEncoding> encoding;
  double ascent_rate = 0;  ///< of one step in the encoding's coordinates
  /// At x, in the encoding's coordinates.
  std::function<double(std::span<const double> x, std::span<double> gradient)> gradient;
  double gap = 0;  ///< of the last batch
};
ConservativeModel fit_conservative(const OfflineView& view, const ConservativeSettings& settings,
                                   const std::function<bool()>& stop = {});

}  // namespace equivolve::sequence_design
