// From a sampler and a table to files a person can use.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "evaluators/sdk/evaluator.hpp"
#include "evaluators/sensitivity_sampling/matrices.hpp"
#include "evaluators/sensitivity_sampling/samplers.hpp"

namespace equivolve::sensitivity_sampling {

struct ApplyContext {
  const TableMatrix& table;
  ApplySettings settings;
  std::uint64_t common_seed = 0;
  row_sampling::ParallelFor parallel_for;        ///< the files do not depend on its threads
  std::function<void(const std::string&)> warn;  ///< tells a person
  std::function<void(const std::string&)> note;  ///< the same, of what is as it should be
};

/// Writes rows.csv (row, counted from 1, and weight), summary.txt, distortion.svg (distortion
/// against rows beside the hand-made rules), use_rows.py, and with a target coefficients.csv (of
/// the sample and of all rows). `text`: how the candidate is written. Throws sdk::Refused.
void apply_sampler(const ApplyContext& context, Sampler sampler, const std::string& text,
                   sdk::ArtefactSink& sink);

}  // namespace equivolve::sensitivity_sampling
