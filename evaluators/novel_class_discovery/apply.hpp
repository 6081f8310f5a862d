// From a candidate to files a person can use.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "evaluators/novel_class_discovery/method.hpp"
#include "evaluators/novel_class_discovery/problem.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::novel_class_discovery {

struct ApplySettings {
  std::optional<std::string> data;
  std::size_t resamples = 50;
};
/// Throws sdk::Refused.
ApplySettings read_apply_settings(std::string_view options_json);

struct ApplyContext {
  const Problem& problem;
  const Options& options;
  std::string file;  ///< the run's own
  ApplySettings settings;
  std::uint64_t seed = 0;
  std::function<void(const std::string&)> warn;  ///< tells a person
  std::function<void(const std::string&)> note;  ///< the same, of what is as it should be
};

/// Learns from all training rows and writes predictions.csv, report.md, profiles.csv, count.csv,
/// count.svg and latent.svg. Warns of clusters in which more than a fifth of the rows lie where a
/// known class does. Throws sdk::Refused for unusable data and where nothing was found.
void apply_method(const ApplyContext& context, const Method& method, sdk::ArtefactSink& sink);

}  // namespace equivolve::novel_class_discovery
