// The reference tables of distortions and regression errors, and cells measured as they were: ten
// seeds of a Bernoulli sample, the median. For tests and benchmarks/sampling_tables.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluators/common/row_sampling/distortion.hpp"
#include "evaluators/common/row_sampling/families.hpp"
#include "evaluators/common/row_sampling/regression.hpp"
#include "evaluators/common/row_sampling/scores.hpp"

namespace equivolve::test {

struct ReferenceCell {
  row_sampling::Family family = row_sampling::Family::kGauss;
  std::size_t columns = 0;
  double p = 2;
  std::size_t m = 0;
  row_sampling::Rule rule = row_sampling::Rule::kUniform;
  double figure = 0;
  unsigned deficient = 0;  ///< of ten samples
};

inline constexpr std::size_t kReferenceRows = 10000;

/// A file of tests/evaluators/row_sampling/data. Empty when it cannot be read.
std::vector<ReferenceCell> read_cells(const std::string& file);

struct MeasuredCell {
  double distortion = 0, regression_error = 0, rows = 0;
  unsigned deficient = 0;
};
MeasuredCell measure_cell(const row_sampling::RowFeatures& features,
                          const row_sampling::DistortionMeter& distortion,
                          const row_sampling::RegressionMeter* regression, row_sampling::Rule rule,
                          std::size_t m, unsigned seeds);

}  // namespace equivolve::test
