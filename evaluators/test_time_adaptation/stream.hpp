// Streams: batches of samples whose corruption changes, in the order in which a classifier meets
// them. Labels go along for the figures alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluators/test_time_adaptation/samples.hpp"

namespace equivolve::test_time_adaptation {

enum class Protocol : std::uint8_t {
  kLifelong,  ///< each corruption at one severity, after each other; nothing is reset
  kGradual,   ///< severities 5 to 1 of the first, then 1 to 5 to 1 of each other
  kMixed,     ///< as lifelong, the batches of all corruptions shuffled
  kEpisodic,  ///< as lifelong, reset where the corruption changes: it is told that it does
};

enum class LabelOrder : std::uint8_t {
  kShuffled,
  /// Within each corruption samples come in as many slots as there are classes; the shares that a
  /// class has in each are drawn from a symmetric Dirichlet distribution (Gong et al. 2022, "NOTE",
  /// NeurIPS, section 4; Yuan et al. 2023, "RoTTA", CVPR): the smaller delta, the more a slot is of
  /// few classes.
  kDirichlet,
};

struct StreamSettings {
  Protocol protocol = Protocol::kLifelong;
  std::vector<std::uint32_t> corruptions;  ///< positions among corruption_names, in this order
  int severity = 5;                        ///< 1 .. 5; not of gradual streams
  LabelOrder label_order = LabelOrder::kShuffled;
  double delta = 0.1;      ///< of the Dirichlet distribution; above 0
  std::uint64_t seed = 0;  ///< of the order of samples, and of everything that corrupts them
};

/// All samples under one corruption, in the order in which they come.
struct Segment {
  std::uint32_t corruption = 0;
  int severity = 0;
  Samples samples;
  /// Which of the clean samples each was; where a drift chooses rows, its place in the segment.
  std::vector<std::uint32_t> ids;
};

struct SampleStream {
  std::vector<Segment> segments;        ///< each corruption and severity once
  std::vector<std::uint32_t> schedule;  ///< positions among segments, as one round meets them
  bool shuffles_batches = false, resets_between = false;
  std::uint64_t seed = 0;
};

/// A function of its arguments. At least one sample and one corruption. [any-thread]
SampleStream make_stream(const Samples& clean, const StreamSettings& settings);

struct StreamBatch {
  std::uint32_t segment, first, count;
  bool begins_segment;  ///< the batch before it was of another segment
};
/// One round in batches of `size`; the last batch of a segment may be smaller.
std::vector<StreamBatch> batches_of(const SampleStream& stream, std::uint32_t size,
                                    std::uint32_t round);

/// Gamma(shape, 1), shape > 0: Marsaglia, Tsang 2000, "A simple method for generating gamma
/// variables".
double gamma_draw(double shape, hashing::Stream& stream);

}  // namespace equivolve::test_time_adaptation
