// TabularNCD: one code under two heads, one for the known classes and "unlabelled", one for the
// clusters of unlabelled rows, which learns from pairs. Source: Troisemaine, Flocon-Cholet,
// Gosselin, Vaton, Reiffers-Masson, Lemaire 2022, "A method for discovering novel classes in
// tabular data" (ICKG, arXiv 2209.01217), in the form without pre-training.
//
//   L = w1 CE(all rows, classes + 1) + (1 - w1) MSE(class logits of x, of x~)
//     + w2 BCE(pairs of unlabelled rows) + (1 - w2) MSE(cluster logits of x, of x~)
//
// x~ lies between x and one of its nearest rows (by cosine) of its own kind, labelled or not. A
// pair is similar where either is among the `top` rows that the other's code is most like. x and x~
// pass through the network as one batch, so batch norms see both.
#pragma once

#include "evaluators/novel_class_discovery/projection_network.hpp"

namespace equivolve::novel_class_discovery {

struct TabularSettings {
  CodeSettings code;
  std::size_t clusters = 2;
  double class_weight = 0.5;    ///< w1, 0 to 1
  double pair_weight = 0.7;     ///< w2, 0 to 1
  std::size_t neighbours = 15;  ///< of which one is drawn for x~, at least 1
  double top_percent = 10;      ///< of the other unlabelled rows of a batch: similar pairs
  TrainSettings train;
};

struct TabularNetwork {
  nn::Network<float> encoder, class_head, cluster_head;
  TrainingReport report;

  /// arg max of the cluster head. `attract`: `clusters` + c where the class head's greatest number
  /// is that of known class c.
  Labels told(PointsView x, bool attract) const;
};

/// Trains on both kinds of rows. [any-thread]
TabularNetwork train_tabular(const LearningRows& rows, const TabularSettings& settings);

/// similar[i * n + j] is 1 where i is among the `top` rows (at least one) whose code is most like
/// that of j, or the other way round; n rows, the diagonal is 0.
std::vector<unsigned char> similar_pairs(PointsView codes, double top_percent);

/// -mean over i < j of s log(p + 1e-7) + (1 - s) log(1 - p + 1e-7), p the product of the softmaxes
/// of rows i and j; `gradient` (as many numbers as logits) gets its derivative by each logit.
template <class Scalar>
double pair_loss(std::span<const Scalar> logits, std::size_t clusters,
                 std::span<const unsigned char> similar, std::span<Scalar> gradient);

extern template double pair_loss(std::span<const float>, std::size_t,
                                 std::span<const unsigned char>, std::span<float>);
extern template double pair_loss(std::span<const double>, std::size_t,
                                 std::span<const unsigned char>, std::span<double>);

}  // namespace equivolve::novel_class_discovery
