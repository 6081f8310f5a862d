// Samples of one data set as a network takes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluators/test_time_adaptation/corruptions.hpp"

namespace equivolve::test_time_adaptation {

/// What one sample is.
struct SampleShape {
  Family family = Family::kTable;
  std::uint32_t height = 1, width = 1;  ///< of a table row: 1 and the number of features
  std::uint32_t channels = 1;           ///< 3: red, green and blue of a pixel beside each other
  std::size_t size() const { return std::size_t{height} * width * channels; }
  bool operator==(const SampleShape&) const = default;
};

struct Samples {
  SampleShape shape;
  std::uint32_t classes = 0;
  std::vector<float> values;          ///< sample after sample
  std::vector<std::uint32_t> labels;  ///< 0 .. classes - 1; empty where they are not known

  std::size_t count() const { return values.size() / shape.size(); }
  std::span<const float> operator[](std::size_t i) const {
    return std::span(values).subspan(i * shape.size(), shape.size());
  }
  /// Those at the given places, in that order.
  Samples chosen(std::span<const std::uint32_t> places) const {
    Samples out{shape, classes, {}, {}};
    for (const std::uint32_t i : places) {
      const auto sample = (*this)[i];
      out.values.insert(out.values.end(), sample.begin(), sample.end());
      if (!labels.empty()) out.labels.push_back(labels[i]);
    }
    return out;
  }
};

}  // namespace equivolve::test_time_adaptation
