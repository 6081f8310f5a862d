// Ehrlich functions: closed forms that look like protein fitness - a region that is feasible,
// motifs with gaps, epistasis. Source: Stanton et al. 2024 (arXiv 2407.00236), with random numbers,
// band of banned transitions and spacings fixed so that a seed names one function.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluators/sequence_design/landscape.hpp"

namespace equivolve::sequence_design {

struct EhrlichSettings {
  std::size_t states = 20;       ///< v, 2 to 64
  std::size_t length = 32;       ///< L
  std::size_t motifs = 4;        ///< c
  std::size_t motif_length = 4;  ///< k; c k <= L
  std::size_t quantisation = 4;  ///< q, 1 to k
  double epistasis = 0;          ///< e >= 0
  std::uint64_t seed = 0;
};

struct Ehrlich {
  EhrlichSettings settings;
  std::vector<double> transitions;                ///< v x v, rows add up to 1
  std::vector<double> stationary;                 ///< v
  std::vector<std::vector<Symbol>> motifs;        ///< c x k
  std::vector<std::vector<std::size_t>> offsets;  ///< c x k, from 0 on

  bool is_feasible(SequenceView x) const;
  /// Of each motif the quantised share of it that stands somewhere, 0 to 1.
  std::vector<double> shares(SequenceView x) const;
  double value(SequenceView x) const;  ///< 0 to 1, of feasible x
  Sequence optimum() const;            ///< one x with value 1
};

Ehrlich make_ehrlich(const EhrlichSettings& settings);

/// Range 0 to 1; the set bans what the function bans. Alphabet: the first v of A-Z, a-z, 0-9.
Landscape ehrlich_landscape(const Ehrlich& function, std::string name);

/// A simulated earlier campaign: 1,000 chain samples and 40 generations of a genetic algorithm on
/// the function; the distinct sequences with a value of at most `highest`, in the order in which
/// they were first met.
std::vector<Sequence> ehrlich_campaign(const Ehrlich& function, double highest = 0.2);

}  // namespace equivolve::sequence_design
