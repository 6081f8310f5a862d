#include "engine/cli/commands.hpp"
#include "engine/cli/group_view.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

struct Show {
  CommonOptions common;
  std::string run = "latest";
};

int carry_out(const Show& command) {
  if (auto group = find_group(command.common, command.run))
    return print_group(command.common, *group);
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  return print_run(command.common, *found->reader, found->info, found->store);
}

}  // namespace

CommandSpec show_command() {
  auto c = std::make_shared<Show>();
  return {
      .name = "show",
      .part = Part::kResults,
      .summary =
          "Show a run: figures, references, hashing, the best candidate, the front of several "
          "objectives; or a group",
      .options = with_common({run_or_group_argument(c->run, false)}, c->common),
      .examples = {{"equivolve show latest", ""},
                   {"equivolve show 3 --json --store runs.db", ""},
                   {"equivolve show g1", "the runs of a group"}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
