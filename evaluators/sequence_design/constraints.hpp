// What a design must keep to, whoever proposes it: rules a laboratory sets, and those of a
// landscape.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/sequence_design/sequence.hpp"
#include "hashing/stream.hpp"

namespace equivolve::sequence_design {

/// Values as a user states them; an empty one rules nothing out.
struct Constraints {
  std::vector<std::vector<bool>> allowed;  ///< length x symbols; a fixed position allows one
  Sequence wild_type;
  std::size_t most_mutations = 0;         ///< from the wild type; counts where that is not empty
  std::vector<Sequence> forbidden;        ///< motifs that may stand nowhere, without pads
  std::vector<bool> gc_symbols;           ///< which symbols count as G or C
  double gc_low = 0, gc_high = 1;         ///< share of them among the symbols that are no pads
  std::size_t longest_run = 0;            ///< of one symbol; 0: any
  std::size_t min_length = 1;             ///< symbols that are no pads
  std::vector<std::vector<bool>> banned;  ///< symbols x symbols: [a][b] where b may not follow a
};

/// A shape with its rules. A value; const members are [any-thread].
class FeasibleSet {
 public:
  FeasibleSet() = default;
  /// Sizes within `rules` fit the shape.
  FeasibleSet(SequenceShape shape, Constraints rules);

  const SequenceShape& shape() const { return shape_; }
  const Constraints& rules() const { return rules_; }
  /// "" or which rule is broken, and where (positions count from 1).
  std::string broken_rule(SequenceView sequence) const;
  bool contains(SequenceView sequence) const;

  /// Uniform over the set: among the sequences that keep to `allowed` and `banned`, by rejection,
  /// while one in some thousand of those lies in it. Else, and with a wild type or bounded lengths,
  /// by a walk that takes each symbol uniformly from those that fit what stands before it, and
  /// then, where that still breaks a rule, the nearest that `towards` reaches. nullopt: none found.
  std::optional<Sequence> draw(hashing::Stream& stream) const;

  /// The sequence between two: begins at `from`, which lies in the set, and takes over one symbol
  /// of `wish` after another (left to right, then pairs of neighbours) where the set is not left,
  /// until nothing changes. `wish` itself where that lies in the set.
  Sequence towards(SequenceView from, SequenceView wish) const;

 private:
  bool fits_before(const Sequence& prefix, std::size_t position, Symbol symbol) const;
  Sequence walk(hashing::Stream& stream) const;
  Sequence chain(hashing::Stream& stream) const;
  SequenceShape shape_;
  Constraints rules_;
  /// length x symbols: how many ways of going on `allowed` and `banned` leave from a symbol at a
  /// position, up to a factor of the position; null where nothing is banned.
  std::shared_ptr<const std::vector<double>> ways_;
};

}  // namespace equivolve::sequence_design
