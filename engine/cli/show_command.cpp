#include "engine/cli/commands.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

struct Show {
  CommonOptions common;
  std::string run = "latest";
};

int carry_out(const Show& command) {
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  print_run(command.common, found->info, found->store);
  return kFinished;
}

}  // namespace

CommandSpec show_command() {
  auto c = std::make_shared<Show>();
  return {
      .name = "show",
      .part = Part::kResults,
      .summary = "Show a run: figures, references, hashing, the best candidate",
      .options = with_common({run_argument(c->run, false)}, c->common),
      .examples = {{"equivolve show latest", ""}, {"equivolve show 3 --json --store runs.db", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
