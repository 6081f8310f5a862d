// Parzen estimators on the unit scale: densities made of kernels at what was observed and one wide
// kernel, the prior, over the whole scale. Values, immutable once made. [any-thread]
// Source: Bergstra, Bardenet, Bengio, Kegl 2011, "Algorithms for hyper-parameter optimization"
// (NIPS 24), section 4; the joint form, whose kernels narrow as the good trials draw together, as
// in Falkner, Klein, Hutter 2018, "BOHB" (ICML).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hashing/stream.hpp"
#include "search/space/configuration_draft.hpp"

namespace equivolve::search {

/// A normal distribution cut to [0, 1].
struct Kernel {
  double mean;
  double deviation;
  double weight;
};
inline constexpr Kernel kPriorKernel{0.5, 1, 1};

/// From the kernel, cut to [0, 1].
double sample_kernel(const Kernel& kernel, hashing::Stream& stream);

/// An observed place and how much it counts.
struct WeightedPlace {
  double place;
  double weight;
};

/// A kernel for each place, given in ascending order, and the prior. A kernel reaches as far as the
/// farther of its neighbours (the prior's mean is one), the outermost to their only one, and at
/// least 1 / min(100, places + 2): what Optuna calls the magic clip. Equal kernels are one.
std::vector<Kernel> adaptive_kernels(std::span<const WeightedPlace> ascending);

/// Of one number. Kernels by ascending means, with the prior among them.
class NumberDensity {
 public:
  explicit NumberDensity(std::span<const Kernel> kernels);
  double sample(hashing::Stream& stream) const;
  double mass(UnitCell cell) const;
  /// The density at a place, but each kernel in units of its own height (1 / (deviation * sqrt(2
  /// pi)) before it is cut): a narrow one is no higher there than a wide one. So it is in Optuna's
  /// TPE up to 3.4 (its issue 5109), and finds better: the bad are narrow where most was tried,
  /// which is around the best, and as true densities keep the search away from there.
  double closeness(double place) const;

 private:
  static constexpr std::size_t kLanes = 8;  // kernels summed side by side
  void add(const Kernel& kernel);
  void pad();
  template <class Term>
  double sum_of_terms(UnitCell cell, Term term) const;

  double total_ = 0;      // of the weights
  double reach_ = 0;      // of the narrow kernels
  std::size_t wide_ = 0;  // where they begin, behind the wide ones
  // Each kind by ascending means, padded with kernels of no weight to a multiple of the lanes.
  std::vector<double> mean_, inverse_, weight_, share_;
};

/// Of one choice. The kernel of an observation gives a prior's share to every choice, the more the
/// fewer there are: (1 + a where observed, else a) / (1 + choices * a), a = 1 / (observations + 1).
std::vector<double> choice_probabilities(std::span<const WeightedPlace> observed,
                                         const Parameter& parameter);

/// Observed configurations: unit places (unit_places), one row each.
using PlaceRows = std::span<const std::span<const double>>;

/// By parameter, how wide the kernels of whole configurations are: Scott's rule, s * n^(-1 / (d +
/// 4)) for n rows and d searched parameters. Around the good s is 0.8 standard deviations, to which
/// the prior counts as one row, so that few that agree do not end the search; around the bad it is
/// a tenth of the scale: what was tried and is no good is known only near by.
std::vector<double> good_deviations(const ConfigurationSpace& space, PlaceRows rows);
std::vector<double> bad_deviations(const ConfigurationSpace& space, PlaceRows rows);

/// Of all parameters together: a kernel is a whole configuration. Where it lacks a parameter that a
/// sample has (conditions), the prior stands in.
class JointDensity {
 public:
  /// `weights`: of the rows; `deviations`: of the kernels, by parameter. The space is looked at
  /// only here.
  JointDensity(const ConfigurationSpace& space, PlaceRows rows, std::span<const double> weights,
               std::span<const double> deviations);

  std::size_t sample_row(hashing::Stream& stream) const;  ///< which kernel to sample from
  /// The place of one parameter in a sample of that kernel.
  double sample_place(std::size_t row, std::size_t parameter, hashing::Stream& stream) const;

  /// The logarithm of the density at each sample: unit places, NaN where inactive.
  std::vector<double> log_densities(std::span<const std::vector<double>> samples) const;

 private:
  /// How a parameter enters: a fixed one not at all, a number by its kernel, a choice or a number
  /// of few values by a table of probabilities.
  enum class Form : std::uint8_t { kNone, kSmooth, kTable };
  struct Dimension {
    Form form = Form::kNone;
    bool is_number = true;
    double deviation = 1;                // of a number's kernels
    std::uint32_t count = 0;             // of a table: how many values
    std::vector<double> values;          // of a table of numbers: their places
    std::vector<UnitCell> cells;         // and cells
    std::vector<std::uint32_t> classes;  // of a table: each kernel's value; `count`: the prior
    std::vector<double> mean, inverse, height;  // of a smooth one
  };
  static Dimension make_dimension(const Parameter& parameter);
  void fill_smooth(Dimension& dimension, PlaceRows rows, std::size_t at) const;
  std::vector<double> table_row(const Dimension& dimension, std::uint32_t value) const;
  static std::uint32_t class_of(const Dimension& dimension, double place);
  /// Of one sample and each kernel: factor * e^exponent.
  struct Products {
    double* exponents;
    double* factors;
  };
  static void multiply_smooth(const Dimension& dimension, double place, Products products);
  double mean_of(Products products) const;

  std::vector<Dimension> dimensions_;
  std::vector<double> weights_;  // of the rows and of the prior, which is the last
  double total_ = 0;
};

}  // namespace equivolve::search
