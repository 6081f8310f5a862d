// A stored run as people and programs see it.
#pragma once

#include <string>

#include "engine/cli/command_spec.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::cli {

/// "running", "paused", "stopped", "finished", "failed"; "interrupted" when it says that it runs
/// but no process has it.
std::string status_of(const engine::RunInfo& info);

/// " (forked from run 3)"; "" for a run that was not.
std::string fork_text(const engine::RunInfo& info);

/// One line of JSON: the stored summary, or what is known of a run that has none yet.
std::string summary_json_of(const engine::StoreReader& reader, const engine::RunInfo& info);

/// Prints the run as text, or as JSON when asked, with the front of a run with several objectives,
/// and the next command. Of failed trials the last one stands there, with the last lines of its
/// log; `all_logs`: all of them, with all of it that is kept. The exit code; what went wrong has
/// been printed.
int print_run(const CommonOptions& common, const engine::StoreReader& reader,
              const engine::RunInfo& info, const std::filesystem::path& store,
              bool all_logs = false);

/// The command that is most likely wanted next for this run.
std::string next_for(const engine::RunInfo& info, const std::filesystem::path& store);

}  // namespace equivolve::cli
