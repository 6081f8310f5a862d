// How often each operator breeds a child, beside the others of its kind: mutations among mutations,
// crossovers among crossovers. Whether a child is mutated or crossed is the algorithm's choice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

#include "hashing/stream.hpp"
#include "search/variation/operator.hpp"

namespace equivolve::search {

enum class OperatorKind : std::uint8_t { kMutation, kCrossover };

/// An operator that can be weighted.
struct WeightedOperator {
  Operator op;
  Representation representation;
  OperatorKind kind;
  std::uint32_t usual;       ///< its weight where none is given ...
  std::uint32_t real_coded;  ///< ... and that of algorithms that breed numbers as in
                             ///< real_coded_variation.hpp (nsga2)
};
/// All of them, those of one representation side by side.
std::span<const WeightedOperator> weighted_operators();

/// A copyable value. Weights are kept as integers without a common divisor, so that only their
/// ratios matter: weights that mean the same breed the same children, bit for bit.
class OperatorWeights {
 public:
  /// Of a weight that is not 0. Finer parts of one are rounded.
  static constexpr double kLeast = 1e-6;
  static constexpr double kMost = 1e6;

  OperatorWeights() : OperatorWeights({}, false) {}
  /// `given` takes the place of the operators' own weights; 0 switches one off. Each is 0 or within
  /// [kLeast, kMost].
  OperatorWeights(const std::map<Operator, double>& given, bool real_coded);

  std::uint64_t operator[](Operator op) const { return weights_[static_cast<std::size_t>(op)]; }

 private:
  std::array<std::uint64_t, 128> weights_{};  // by operator
};

/// Those that no one gave.
const OperatorWeights& usual_weights();

/// Chooses among the operators that a parent allows. (An array: breeding allocates the child
/// alone.)
class OperatorDraw {
 public:
  explicit OperatorDraw(const OperatorWeights& weights) : weights_(weights) {}
  void offer(Operator op) {
    if (weights_[op] == 0) return;
    offered_[count_++] = op;
    sum_ += weights_[op];
  }
  bool is_empty() const { return count_ == 0; }
  /// By weight; the order of the offers is part of the result. [not empty]
  Operator draw(hashing::Stream& stream) const {
    std::uint64_t left = stream.below(sum_);
    std::size_t at = 0;
    while (left >= weights_[offered_[at]]) left -= weights_[offered_[at++]];
    return offered_[at];
  }

 private:
  const OperatorWeights& weights_;
  std::array<Operator, 8> offered_;
  std::size_t count_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace equivolve::search
