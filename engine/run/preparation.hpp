// From a configuration to everything a run needs: the evaluator with its data read, the resolved
// space, the evaluation context. `validate`, `run`, `resume` and `apply` all start here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/reader.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "search/algorithms/searcher.hpp"

namespace equivolve::engine {

/// Why a run cannot start: every problem that could be found at once, in the order of the file.
struct PreparationError {
  int exit_code = 2;  ///< 2: configuration or data; 4: the evaluator itself
  ConfigProblems problems;
  ConfigProblems warnings;
};

struct Preparation {
  Configuration config;
  std::unique_ptr<PluginModule> module;
  std::unique_ptr<Evaluator> evaluator;
  std::shared_ptr<const search::Space> space;
  std::string space_json;        ///< resolved
  hashing::Digest context;       ///< evaluation context
  search::GivenGenomes initial;  ///< that the search begins with
  RunOrigin origin;              ///< of a new run: its group, or the run it is forked from
  ConfigProblems warnings;
  std::vector<std::string> notes;  ///< what the evaluator said of its data
};

/// Loads the evaluator, reads its data, resolves and binds the space, checks what only they can
/// tell. `read` may have problems of its own (read_as_far_as_it_goes): they are reported together
/// with all that can be found out in spite of them. `log` gets the evaluator's messages.
/// [main-thread]
tl::expected<Preparation, PreparationError> prepare(
    ReadConfiguration read, std::function<void(int severity, std::string_view text)> log = {});

/// The configuration with all that preparing filled in, as the store keeps it.
std::string resolved_text(const Preparation& prepared);

/// The configured algorithm over the prepared space.
search::Searcher make_searcher(const Preparation& prepared);

/// The seed of probe inputs: a function of the evaluation context alone.
std::uint64_t probe_seed(const hashing::Digest& context);

}  // namespace equivolve::engine
