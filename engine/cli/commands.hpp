// One function a command. Each returns the command's description, whose action does the work.
// Results go to stdout, everything else to stderr.
#pragma once

#include "engine/cli/command_spec.hpp"

namespace equivolve::cli {

// Search.
CommandSpec init_command();
CommandSpec validate_command();
CommandSpec hash_command();
CommandSpec run_command();
CommandSpec stop_command();
CommandSpec pause_command();
CommandSpec resume_command();
CommandSpec reproduce_command();

// Results.
CommandSpec list_command();
CommandSpec show_command();
CommandSpec compare_command();
CommandSpec report_command();
CommandSpec apply_command();
CommandSpec export_command();
CommandSpec delete_command();

// The results file.
CommandSpec store_verify_command();
CommandSpec store_salvage_command();
CommandSpec store_compact_command();
CommandSpec store_migrate_command();

// Help.
CommandSpec evaluators_list_command();
CommandSpec evaluators_describe_command();
CommandSpec evaluators_check_command();
CommandSpec study_hashing_command();
CommandSpec schema_command();
CommandSpec info_command();

// For the build and for shells. They see the table they are in.
CommandSpec documentation_man_command(const CommandTable& table);
CommandSpec documentation_reference_command(const CommandTable& table);
CommandSpec documentation_completion_command();
CommandSpec documentation_complete_command(const CommandTable& table);

}  // namespace equivolve::cli
