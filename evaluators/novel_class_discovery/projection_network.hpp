// PBN, projection-based novel class discovery: one code that tells the known classes apart and from
// which every row can be rebuilt. Source: Troisemaine, Reiffers-Masson, Gosselin, Lemaire, Vaton
// 2024, "A practical approach to novel class discovery in tabular data" (Data Mining and Knowledge
// Discovery, doi 10.1007/s10618-024-01025-y).
//
//   L = w L_ce + (1 - w) L_rec
//   L_ce   mean cross entropy over the labelled rows of a batch (0 where there are none)
//   L_rec  mean over all its rows of |x - decoder(code)|^2, summed over attributes
//
// Codes are divided by their length before decoder and classifier see them. With w = 1 there is no
// decoder (on labelled rows alone: the latent baseline), with w = 0 no classifier.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/novel_class_discovery/code_network.hpp"

namespace equivolve::novel_class_discovery {

inline constexpr std::uint32_t kUnlabelled = 0xffff'ffff;

/// One user at a time. Scalar: float or double.
template <class Scalar>
class ProjectionNetwork {
 public:
  /// `classes`: at least 1; w: 0 to 1; `batch`: the most rows of a step.
  ProjectionNetwork(const CodeSettings& settings, std::size_t classes, double w, std::size_t batch,
                    std::uint64_t seed);

  /// The loss of a batch; leaves its gradients in the networks. `x`: rows after each other;
  /// `labels`: one a row, or kUnlabelled. Seed and step say what dropout zeroes.
  double loss(std::span<const Scalar> x, std::span<const std::uint32_t> labels, std::uint64_t seed,
              std::uint32_t step);
  /// Moves the running statistics of the batch norms towards those of the last batch.
  void update_statistics();

  CodeNetwork<Scalar>& encoder() { return encoder_; }
  std::optional<nn::Network<Scalar>>& decoder() { return decoder_; }        ///< none where w = 1
  std::optional<nn::Network<Scalar>>& classifier() { return classifier_; }  ///< none where w = 0

 private:
  double rebuild(std::span<const Scalar> x, const nn::Pass& pass);
  double classify(std::span<const std::uint32_t> labels, const nn::Pass& pass);
  void add_to_code_gradient(std::span<const Scalar> gradient);

  double w_;
  CodeNetwork<Scalar> encoder_;
  std::optional<nn::Network<Scalar>> decoder_, classifier_;
  typename CodeNetwork<Scalar>::Memory encoding_;
  std::optional<nn::Workspace<Scalar>> decoding_, classifying_;
  std::vector<Scalar> code_, inverse_length_, code_gradient_;
};

extern template class ProjectionNetwork<float>;
extern template class ProjectionNetwork<double>;

struct TrainSettings {
  std::size_t epochs = 200;
  std::size_t batch = 512;
  double learning_rate = 1e-3;
  std::uint64_t seed = 0;
  /// Asked before each epoch; true: stop. May be empty.
  std::function<bool()> stop = {};
};

enum class TrainEnd { kDone, kNonFinite, kStopped };

struct TrainingReport {
  TrainEnd end = TrainEnd::kDone;
  std::vector<double> losses;  ///< the mean over the batches of each epoch
};

/// AdamW with a decoupled decay of 0.01 on every parameter. Rows are shuffled anew in each epoch; a
/// last batch of one row is left out. `labels`: one a row, or kUnlabelled.
TrainingReport train(ProjectionNetwork<float>& network, PointsView x,
                     std::span<const std::uint32_t> labels, const TrainSettings& settings);

/// The order of `rows` rows in an epoch.
std::vector<std::uint32_t> epoch_order(std::size_t rows, std::uint64_t seed, std::size_t epoch);

}  // namespace equivolve::novel_class_discovery
