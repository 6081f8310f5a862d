// Pieces that several commands share.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "engine/cli/command_spec.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/processes/shell_text.hpp"
#include "engine/run/preparation.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::cli {

/// Prints one line "equivolve: MESSAGE" to stderr and returns the code.
int fail(int exit_code, const std::string& message);

/// --store, else $EQUIVOLVE_STORE, else ./equivolve.db.
std::filesystem::path store_path(const CommonOptions& common);

using engine::shell_word;

/// "equivolve COMMAND RUN --store FILE", without --store where the default finds the file.
std::string next_command(const std::string& command, const std::string& run,
                         const std::filesystem::path& store);

/// "--predictions-for" of the key predictions_for.
std::string option_word(const std::string& key);

/// Prints "next: COMMAND" to stdout, unless the command was asked to be quiet or to print JSON.
void say_next(const CommonOptions& common, const std::string& command);

/// 0, or the exit code after naming a folder of plugins that is not there.
int check_folders(const std::vector<std::filesystem::path>& folders);

/// "ok", "infeasible", "non_finite", "failed", "cancelled".
const char* status_name(engine::Status status);

/// A run and the open store it is in. The error has been printed; it is the exit code.
struct FoundRun {
  std::unique_ptr<engine::StoreReader> reader;
  engine::RunInfo info;
  std::filesystem::path store;
};
/// A group's name in its place is answered with what takes groups.
tl::expected<FoundRun, int> find_run(const CommonOptions& common, const std::string& run);

/// A group of runs and the open store it is in, where that word names one: "g3", or a name that no
/// later run has. Prints nothing.
struct FoundGroup {
  std::unique_ptr<engine::StoreReader> reader;
  engine::GroupInfo info;
  std::filesystem::path store;
};
std::optional<FoundGroup> find_group(const CommonOptions& common, const std::string& group);

/// "runs 1 to 6", "run 3", "runs 1, 2, 5", "no runs yet".
std::string runs_text(const engine::GroupInfo& group);

/// The configuration of a stored run, read back, with overrides ("a.b=c"). Prints and returns the
/// exit code on failure.
tl::expected<engine::ReadConfiguration, int> stored_configuration(
    const engine::RunInfo& info, const std::filesystem::path& store,
    const std::vector<std::string>& overrides = {});

/// 0, or the exit code after saying why this program would not repeat the run's results: it is
/// another version, or the data or the evaluator has changed.
int check_engine(const engine::RunInfo& info);
int check_context(const engine::RunInfo& info, const engine::Preparation& preparation);

/// A configuration file with overrides ("a.b=c") and --store over it, as far as it can be
/// understood.
tl::expected<engine::ReadConfiguration, engine::ConfigProblem> read_file(
    const CommonOptions& common, const std::string& file,
    const std::vector<std::string>& overrides);

/// Each with its place, to stderr.
void print_warnings(const engine::ConfigProblems& warnings);

/// prepare(), with its problems and warnings printed where it fails. The error is the exit code.
tl::expected<engine::Preparation, int> prepared(engine::ReadConfiguration read, bool quiet);

/// prepared() of a stored run's configuration. Where its data file is gone, that says how to name
/// the new place.
tl::expected<engine::Preparation, int> prepared_stored(engine::ReadConfiguration read, bool quiet);

/// read_file() and prepared().
tl::expected<engine::Preparation, int> prepared_file(const CommonOptions& common,
                                                     const std::string& file,
                                                     const std::vector<std::string>& overrides);

}  // namespace equivolve::cli
