// A variational autoencoder of sequences: a Gaussian code z, from which each position's symbol is
// drawn on its own. Source: Kingma, Welling 2014 (arXiv 1312.6114).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/common/nn/optimizers/adam.hpp"
#include "evaluators/sequence_design/sequence.hpp"
#include "hashing/stream.hpp"

namespace equivolve::sequence_design {

struct VariationalSettings {
  std::size_t latent = 32;  ///< numbers of z
  std::size_t width = 256;  ///< of the hidden layer of encoder and decoder, each with ReLU
  std::size_t batch = 100;
  double rate = 1e-3;  ///< of Adam
  double beta = 1;     ///< weight of the divergence from N(0, I)
  std::uint64_t seed = 0;
};

/// A value: a copy goes on by itself. Const members are [any-thread].
class VariationalAutoencoder {
 public:
  /// Throws std::runtime_error where the networks cannot be made.
  VariationalAutoencoder(const SequenceShape& shape, const VariationalSettings& settings);

  /// Weighted evidence lower bound, with Adam, in shuffled batches. Weights: not negative, not all
  /// 0. `stop` is asked between batches. Returns the last epoch's mean loss, in nats a sequence.
  double train(std::span<const Sequence> sequences, std::span<const double> weights,
               std::size_t epochs, const std::function<bool()>& stop);

  std::size_t latent() const { return settings_.latent; }
  /// ln p(symbol | z): length x symbols a code. `z`: n codes one after the other.
  std::vector<float> log_probabilities(std::span<const float> z) const;

 private:
  double step(std::span<const Sequence> sequences, std::span<const double> weights,
              std::span<const std::size_t> rows, hashing::Stream& noise);

  std::size_t length_, symbols_;
  VariationalSettings settings_;
  nn::Network<float> encoder_, decoder_;  // encoder: means of z, then logarithms of deviations
  nn::Adam<float> encoder_adam_, decoder_adam_;
  std::uint64_t trainings_ = 0;  // each with random numbers of its own
};

}  // namespace equivolve::sequence_design
