// From a configuration's text to plain values, or to a list of all that is wrong with it.
//
// The whole way, as `run` and `validate` go it:
//   1. read_configuration_file            the file alone
//   2. load_plugin                        with configuration.evaluator.id
//   3. apply_evaluator_schema             data and options against the evaluator's schema; fills in
//   its defaults
//   4. PluginModule::create               an EvaluatorError becomes a ConfigProblem by map_problem
//   5. resolve_space                      the `space` section over the evaluator's default space
//   6. Evaluator::bind_space, check_against_evaluator
// Problems of any step do not end the way where a later step can still tell more (preparation.hpp).
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/configuration.hpp"
#include "engine/config/document.hpp"
#include "engine/config/problem.hpp"

namespace equivolve::engine {

struct ReadOptions {
  std::vector<std::string> overrides;  ///< "a.b=c", applied in order
  std::optional<std::filesystem::path>
      store;  ///< where the text names none; default $EQUIVOLVE_STORE, else ./equivolve.db
  std::filesystem::path current_folder;  ///< empty: the process's
};

using UnreadKeys = std::set<std::string>;

struct ReadConfiguration {
  Configuration configuration;
  Document document;
  ConfigProblems warnings;
  /// Of a file that was read as far as it goes: what is wrong with it. Where a value was refused,
  /// `configuration` has the default.
  ConfigProblems problems;
  std::set<std::string> faulty_sections;  ///< that have problems; the top's own keys are in ""
  /// Keys of known names whose values were refused ("search.algorithm"): nothing may be said that
  /// follows from what stands in their place.
  UnreadKeys unread_keys;
};

/// Names and paths in messages are `file` as given. Every problem of the file is returned, except
/// that text that is no YAML has one. [main-thread: yaml-cpp needs about 256 KiB of stack]
tl::expected<ReadConfiguration, ConfigProblems> read_configuration_file(
    const std::filesystem::path& file, const ReadOptions& options = {});

/// What a run is called whose file does not name it: the file's name without its ending.
std::string default_run_name(const std::filesystem::path& file);

/// The same, with the problems beside what could be understood. Fails on a file that cannot be read
/// or is no YAML. [main-thread]
tl::expected<ReadConfiguration, ConfigProblem> read_as_far_as_it_goes(
    const std::filesystem::path& file, const ReadOptions& options = {});

/// read_configuration_file from text: `place` stands in messages, relative paths start at `folder`,
/// and the run's default name is "run".
tl::expected<ReadConfiguration, ConfigProblems> read_configuration_text(
    const std::string& text, const std::string& place, const std::filesystem::path& folder,
    const ReadOptions& options = {});

/// The walk itself: as far as the document goes, and all or nothing.
ReadConfiguration walk_document(Document document, const std::filesystem::path& folder,
                                const std::string& default_name, const ReadOptions& options);
tl::expected<ReadConfiguration, ConfigProblems> read_document(Document document,
                                                              const std::filesystem::path& folder,
                                                              const std::string& default_name,
                                                              const ReadOptions& options);

}  // namespace equivolve::engine
