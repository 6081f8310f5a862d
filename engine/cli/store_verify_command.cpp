#include <cstdio>

#include <fmt/format.h>
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

Json to_json(const engine::VerifyReport& report, const std::filesystem::path& store) {
  Json out{{"file", store.string()},
           {"rows", report.rows},
           {"problems", report.problems},
           {"runs", Json::array()}};
  for (const engine::VerifiedRun& run : report.runs)
    out["runs"].push_back({{"run", run.run},
                           {"name", run.name},
                           {"candidates", run.outcomes},
                           {"result_digest", run.result_digest},
                           {"trajectory_digest", run.trajectory_digest}});
  // Of one run there can be no doubt whose they are.
  if (report.runs.size() == 1)
    for (const char* digest : {"result_digest", "trajectory_digest"})
      out[digest] = out["runs"][0][digest];
  return out;
}

void print_text(const engine::VerifyReport& report, const std::filesystem::path& store) {
  for (const std::string& problem : report.problems) std::printf("%s\n", problem.c_str());
  std::printf("%s: %llu rows checked, %zu problems\n", store.c_str(),
              static_cast<unsigned long long>(report.rows), report.problems.size());
  for (const engine::VerifiedRun& run : report.runs) {
    std::printf("run %lld \"%s\", %llu candidates\n", static_cast<long long>(run.run),
                run.name.c_str(), static_cast<unsigned long long>(run.outcomes));
    if (!run.result_digest.empty())
      std::printf("  result_digest      %s\n  trajectory_digest  %s\n", run.result_digest.c_str(),
                  run.trajectory_digest.c_str());
  }
}

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
    std::printf("%s\n", to_json(*report, store).dump().c_str());
  else
    print_text(*report, store);
  if (!report->problems.empty()) {
    std::fflush(stdout);
    fail(kStoreTrouble, fmt::format("{}: {} problems", store.string(), report->problems.size()));
    std::fprintf(stderr, "to go on: equivolve store salvage %s --out saved.db\n",
                 shell_word(store.string()).c_str());
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
