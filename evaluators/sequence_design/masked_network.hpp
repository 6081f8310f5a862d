// A small network that guesses hidden symbols from those around them, trained on sequences without
// scores; its last layer serves as features. Embedding 32, two dilated one-dimensional convolutions
// of width 64 with ReLU (windows of 3; the second one's step is 2), mean over positions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluators/sequence_design/sequence.hpp"

namespace equivolve::sequence_design {

/// A value, frozen once trained. [any-thread]
class MaskedNetwork {
 public:
  static constexpr std::size_t kEmbedding = 32;
  static constexpr std::size_t kWidth = 64;

  struct Settings {
    std::size_t epochs = 5;
    double rate = 2e-3;          ///< of Adam
    double masked_share = 0.15;  ///< of the symbols of each sequence; at least one
    std::uint64_t seed = 0;
  };
  /// `trained_on` is told with every result ("the offline sequences").
  static MaskedNetwork train(const std::vector<Sequence>& sequences, const SequenceShape& shape,
                             std::string trained_on, const Settings& settings);

  const std::string& trained_on() const { return trained_on_; }
  /// Mean cross-entropy of the masked symbols over the last epoch of training; log A: no better
  /// than guessing.
  double last_loss() const { return last_loss_; }
  /// p: length x symbols; out: kWidth.
  void encode(std::span<const double> p, std::span<double> out) const;
  void pull_back(std::span<const double> p, std::span<const double> cotangent,
                 std::span<double> gradient) const;

 private:
  struct Pass;
  MaskedNetwork(const SequenceShape& shape, std::uint64_t seed);
  /// `p` has symbols + 1 columns: the last one is the mask.
  void forward(std::span<const double> p, Pass& pass) const;
  /// From the derivative by the last layer to that by weights (added) and by p.
  void backward(std::span<const double> p, const Pass& pass, std::vector<double> upper,
                std::span<double> weights, std::span<double> by_p) const;

  // Where each block of weights begins.
  std::size_t first() const { return (symbols_ + 1) * kEmbedding; }
  std::size_t second() const { return first() + kWidth * (3 * kEmbedding + 1); }
  std::size_t head() const { return second() + kWidth * (3 * kWidth + 1); }
  std::size_t weight_count() const { return head() + symbols_ * (kWidth + 1); }

  std::size_t length_, symbols_;
  std::vector<double> weights_;
  std::string trained_on_;
  double last_loss_ = 0;
};

}  // namespace equivolve::sequence_design
