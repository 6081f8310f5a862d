#include "engine/cli/commands.hpp"
#include "engine/cli/group_view.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

struct Show {
  CommonOptions common;
  std::string run = "latest";
  bool logs = false;
};

int carry_out(const Show& command) {
  if (auto group = find_group(command.common, command.run))
    return print_group(command.common, *group);
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  return print_run(command.common, *found->reader, found->info, found->store, command.logs);
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
      .description =
          "Of failed trials the last one stands there with its reason, and the last one whose "
          "process printed something, with the last ten lines of that. With --logs all of them "
          "do, each with what is kept of its log (the last 64 KiB).",
      .options = with_common({run_or_group_argument(c->run, false),
                              {.name = "--logs",
                               .value = "",
                               .help = "All failed trials, with their logs",
                               .into = &c->logs}},
                             c->common),
      .examples = {{"equivolve show latest", ""},
                   {"equivolve show 3 --json --store runs.db", ""},
                   {"equivolve show latest --logs", "what failed trials printed"},
                   {"equivolve show g1", "the runs of a group"}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
