// What TPE makes of the trials so far: densities of the good and of the bad ones, and what they
// propose. Immutable; proposing is pure. [any-thread]
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hashing/stream.hpp"
#include "search/algorithms/parzen.hpp"
#include "search/variation/operator.hpp"

namespace equivolve::search {

class TpeModel {
 public:
  /// One parameter by itself, from its good and bad places in ascending order; called for each
  /// parameter of the space, in order. Nothing is looked at of a fixed one.
  void add(const Parameter& parameter, std::span<const WeightedPlace> good,
           std::span<const WeightedPlace> bad);
  /// Or all parameters together.
  void set_joint(JointDensity good, JointDensity bad);

  /// The best of so many samples from the density of the good, by its ratio to that of the bad:
  /// parameter by parameter, or of whole configurations. It lies in the space: what is forbidden is
  /// sampled anew, in the end at random.
  Bred propose(const ConfigurationSpace& space, std::uint32_t candidates,
               hashing::Stream& stream) const;

 private:
  struct One {  // a number's densities, or the probabilities of choices; neither where it is fixed
    std::optional<NumberDensity> good, bad;
    std::vector<double> good_choices, bad_choices;
  };
  struct Joint {
    JointDensity good, bad;
  };
  double best_number(const Parameter& parameter, const One& one, std::uint32_t candidates,
                     hashing::Stream& stream) const;
  double best_choice(const One& one, std::uint32_t candidates, hashing::Stream& stream) const;
  std::optional<Genome> sample_each(const ConfigurationSpace& space, std::uint32_t candidates,
                                    hashing::Stream& stream) const;
  std::optional<Genome> sample_jointly(const ConfigurationSpace& space, std::uint32_t candidates,
                                       hashing::Stream& stream) const;

  std::vector<One> each_;
  std::optional<Joint> joint_;
};

}  // namespace equivolve::search
