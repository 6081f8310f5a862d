// Feature maps: from the probabilities of each symbol at each position to D numbers, with their
// derivatives. None of them is a language model.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "evaluators/sequence_design/sequence.hpp"

namespace equivolve::sequence_design {

class MaskedNetwork;

enum class FeatureKind {
  kOneHot,    ///< 1, and p - 1/A of each cell: D = 1 + l A
  kPairwise,  ///< and twice the product of each two cells at different positions
  kKmer,      ///< 1, and the expected number of each k-mer, k = 3 or the greatest for which A^k
              ///< does not pass kMostFeatures
  kLearned,   ///< means over positions of a masked-token network's last layer
};
inline constexpr std::size_t kMostFeatures = 4096;

/// A value. [any-thread]
class FeatureMap {
 public:
  /// Not for kLearned.
  FeatureMap(FeatureKind kind, const SequenceShape& shape);
  FeatureMap(std::shared_ptr<const MaskedNetwork> network, const SequenceShape& shape);

  FeatureKind kind() const { return kind_; }
  std::size_t size() const { return size_; }  ///< D
  std::size_t symbols() const { return symbols_; }
  /// "pairwise" and the like; of a learned map with what it was trained on.
  std::string name() const;
  /// `p`: length x symbols, each row adds up to 1.
  void map(std::span<const double> p, std::span<double> out) const;
  /// gradient_j = sum_d cotangent_d dphi_d/dp_j at p.
  void pull_back(std::span<const double> p, std::span<const double> cotangent,
                 std::span<double> gradient) const;

 private:
  FeatureKind kind_;
  std::size_t length_, symbols_, k_ = 0, size_ = 0;
  std::shared_ptr<const MaskedNetwork> network_;
};

/// D of a kind, without making it.
std::size_t feature_count(FeatureKind kind, const SequenceShape& shape);
/// The map itself, or one-hot where it would have more than kMostFeatures features.
FeatureKind affordable(FeatureKind kind, const SequenceShape& shape);

}  // namespace equivolve::sequence_design
