// A proxy tells scores it was fitted to, for sequences and for probabilities of symbols.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluators/sequence_design/sequence.hpp"

namespace equivolve::sequence_design {

/// A value that holds what was fitted. All functions are [any-thread]; scores are in the offline
/// set's standardised units.
struct Proxy {
  std::string name;
  /// One score a sequence.
  std::function<void(std::span<const Sequence>, std::span<double>)> predict;
  /// At p (length x symbols): the score; its derivative by p goes to the second argument, as long
  /// as p.
  std::function<double(std::span<const double>, std::span<double>)> gradient;
  /// Standard deviation between the members of an ensemble; empty where there are none.
  std::function<void(std::span<const Sequence>, std::span<double>)> spread;

  std::vector<double> of(std::span<const Sequence> sequences) const {
    std::vector<double> out(sequences.size());
    predict(sequences, out);
    return out;
  }
};

/// How the members of an ensemble become one score.
enum class Joining { kMean, kMin };
Proxy join(std::vector<Proxy> members, Joining joining, std::string name);

}  // namespace equivolve::sequence_design
