#include <cstdio>

#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Verify {
  CommonOptions common;
  std::string run;  // empty: all
};

int carry_out(const Verify& command) {
  const std::filesystem::path store = store_path(command.common);
  auto reader = engine::StoreReader::open(store);
  if (!reader) return fail(kStoreTrouble, reader.error().message);
  std::optional<engine::RunId> run;
  if (!command.run.empty()) {
    auto info = (*reader)->find_run(command.run);
    if (!info) return fail(kBadInput, info.error().message);
    run = info->id;
  }
  auto report = (*reader)->verify(run);
  if (!report) return fail(kStoreTrouble, report.error().message);
  if (command.common.json)
    std::printf("%s\n", Json{{"file", store.string()},
                             {"rows", report->rows},
                             {"problems", report->problems},
                             {"result_digest", report->result_digest},
                             {"trajectory_digest", report->trajectory_digest}}
                            .dump()
                            .c_str());
  if (!command.common.json) {
    for (const std::string& problem : report->problems) std::printf("%s\n", problem.c_str());
    std::printf("%s: %llu rows checked, %zu problems\n", store.c_str(),
                static_cast<unsigned long long>(report->rows), report->problems.size());
    if (!report->result_digest.empty())
      std::printf("result_digest      %s\ntrajectory_digest  %s\n", report->result_digest.c_str(),
                  report->trajectory_digest.c_str());
  }
  if (!report->problems.empty()) {
    say_next(command.common,
             "equivolve store salvage " + shell_word(store.string()) + " --out saved.db");
    return kStoreTrouble;
  }
  say_next(command.common, next_command("list", "", store));
  return kFinished;
}

}  // namespace

CommandSpec store_verify_command() {
  auto c = std::make_shared<Verify>();
  OptionSpec run = run_argument(c->run, false);
  run.help = "One run only";
  return {
      .name = "store verify",
      .part = Part::kStore,
      .summary = "Check every row, and recompute the runs' digests",
      .options = with_common({run}, c->common),
      .examples = {{"equivolve store verify --store runs.db", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
