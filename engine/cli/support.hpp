// Pieces that several commands share.
#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/run/preparation.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::cli {

/// Prints one line "equivolve: MESSAGE" to stderr and returns the code.
int fail(int exit_code, const std::string& message);

/// --store, else $EQUIVOLVE_STORE, else ./equivolve.db.
std::filesystem::path store_path(const CommonOptions& common);

/// The word quoted for a shell where it needs to be.
std::string shell_word(const std::string& word);

/// "equivolve COMMAND RUN --store FILE", without --store where the default finds the file.
std::string next_command(const std::string& command, const std::string& run,
                         const std::filesystem::path& store);

/// "ok", "infeasible", "non_finite", "failed", "cancelled".
const char* status_name(engine::Status status);

/// A run and the open store it is in. The error has been printed; it is the exit code.
struct FoundRun {
  std::unique_ptr<engine::StoreReader> reader;
  engine::RunInfo info;
  std::filesystem::path store;
};
tl::expected<FoundRun, int> find_run(const CommonOptions& common, const std::string& run);

/// The configuration of a stored run, read back. Prints and returns the exit code on failure.
tl::expected<engine::ReadConfiguration, int> stored_configuration(
    const engine::RunInfo& info, const std::filesystem::path& store);

/// The file and the options that stand for keys of it, as far as they can be understood.
tl::expected<engine::ReadConfiguration, engine::ConfigProblem> read_file(const RunCommand& command);

/// Each with its place, to stderr.
void print_warnings(const engine::ConfigProblems& warnings);

/// prepare(), with its problems and warnings printed where it fails. The error is the exit code.
tl::expected<engine::Preparation, int> prepared(engine::ReadConfiguration read, bool quiet);

}  // namespace equivolve::cli
