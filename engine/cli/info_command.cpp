#include <cstdio>

#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "engine/run/executor.hpp"
#include "engine/run/kernel.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

int print_info(const CommonOptions& common) {
  const auto folders = engine::plugin_folders({});
  const std::filesystem::path store = store_path(common);
  const bool tbb = engine::make_executor("tbb", 1).has_value();
  if (common.json) {
    Json paths = Json::array();
    for (const auto& f : folders) paths.push_back(f.string());
    std::printf("%s\n", Json{{"version", EQUIVOLVE_VERSION},
                             {"kernel", engine::kernel_kind()},
                             {"compiler", __VERSION__},
                             {"cores", engine::available_cores()},
                             {"executors", tbb ? Json{"tbb", "threads"} : Json{"threads"}},
                             {"plugin_folders", paths},
                             {"store", store.string()}}
                            .dump()
                            .c_str());
    return kFinished;
  }
  std::printf("equivolve %s\n", EQUIVOLVE_VERSION);
  std::printf("kernel       %s, %u cores\n", engine::kernel_kind().c_str(),
              engine::available_cores());
  std::printf("compiler     %s\n", __VERSION__);
  std::printf("executors    %s\n", tbb ? "tbb, threads" : "threads");
  std::printf("isolation    thread, process\n");
  std::printf("store        %s, durability full unless store.durability says relaxed\n",
              store.c_str());
  for (const auto& f : folders) std::printf("evaluators   %s\n", f.c_str());
  say_next(common, "equivolve evaluators list");
  return kFinished;
}

}  // namespace

CommandSpec info_command() {
  auto c = std::make_shared<CommonOptions>();
  return {
      .name = "info",
      .part = Part::kHelp,
      .summary = "Version, build, machine, folders",
      .options = with_common({}, *c),
      .examples = {{"equivolve info", ""}},
      .action = [c] { return print_info(*c); },
  };
}

}  // namespace equivolve::cli
