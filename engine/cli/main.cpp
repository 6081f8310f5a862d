#include <exception>
#include <new>
#include <string>

#include "engine/cli/command_table.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/cli/parser.hpp"
#include "engine/cli/signals.hpp"
#include "engine/cli/support.hpp"
#include "engine/run/kernel.hpp"

int main(int argc, char** argv) {
  using namespace equivolve;
  if (const std::string missing = engine::missing_instructions(); !missing.empty())
    return cli::fail(cli::kBadInput, missing);
  cli::open_standard_files();
  cli::ignore_signals_of_writes();
  cli::see_children_end();
  try {
    return cli::run_command_line(*cli::make_command_table(), argc, argv);
  } catch (const std::bad_alloc&) {
    return cli::fail(cli::kDefect, "out of memory; what was stored is safe");
  } catch (const std::exception& e) {
    return cli::fail(cli::kDefect, std::string("defect, please report: ") + e.what());
  }
}
