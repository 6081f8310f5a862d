// From a candidate to what a person uses.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "evaluators/sdk/evaluator.hpp"
#include "evaluators/test_time_adaptation/problem.hpp"
#include "evaluators/test_time_adaptation/trial.hpp"

namespace equivolve::test_time_adaptation {

struct ApplyContext {
  const Problem& problem;
  const Settings& settings;
  const ApplySettings apply;
  std::uint64_t common_seed;
  std::function<void(const std::string&)> note, warn;
};

/// Adapts along the person's own stream, or the test stream, and writes the artefacts that
/// apply_schema() names. `formula`: a rule's text, empty for recipes.
void apply_adaptation(const ApplyContext& context, const Adaptation& adaptation,
                      const std::string& formula, sdk::ArtefactSink& sink);

}  // namespace equivolve::test_time_adaptation
