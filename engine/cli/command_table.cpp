#include "engine/cli/command_table.hpp"

#include "engine/cli/commands.hpp"

namespace equivolve::cli {

std::unique_ptr<const CommandTable> make_command_table() {
  auto table = std::make_unique<CommandTable>();
  table->groups = {
      {"store", Part::kStore, "Look after a results file"},
      {"evaluators", Part::kHelp, "What is there to search with"},
      {"study", Part::kHelp, "Measure Equivolve itself"},
      {"documentation", Part::kHidden, "Man pages and shell completion"},
  };
  table->commands = {
      init_command(),
      validate_command(),
      hash_command(),
      run_command(),
      stop_command(),
      pause_command(),
      resume_command(),
      reproduce_command(),
      list_command(),
      show_command(),
      compare_command(),
      report_command(),
      apply_command(),
      export_command(),
      delete_command(),
      store_verify_command(),
      store_salvage_command(),
      store_compact_command(),
      store_migrate_command(),
      evaluators_list_command(),
      evaluators_describe_command(),
      evaluators_check_command(),
      study_hashing_command(),
      schema_command(),
      info_command(),
      documentation_man_command(*table),
      documentation_reference_command(*table),
      documentation_completion_command(),
      documentation_complete_command(*table),
  };
  return table;
}

std::vector<const CommandSpec*> shown_commands(const CommandTable& table) {
  std::vector<const CommandSpec*> shown;
  for (const CommandSpec& command : table.commands)
    if (command.part != Part::kHidden) shown.push_back(&command);
  return shown;
}

}  // namespace equivolve::cli
