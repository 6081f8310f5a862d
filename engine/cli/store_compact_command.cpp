#include <cstdio>

#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"
#include "engine/store/maintenance.hpp"

namespace equivolve::cli {
namespace {

int compact(const CommonOptions& common) {
  const std::filesystem::path store = store_path(common);
  auto sizes = engine::compact_store(store);
  if (!sizes) return fail(kStoreTrouble, sizes.error().message);
  if (common.json)
    std::printf("%s\n", nlohmann::ordered_json{{"file", store.string()},
                                               {"bytes_before", sizes->before},
                                               {"bytes_after", sizes->after}}
                            .dump()
                            .c_str());
  else if (!common.quiet)
    std::printf("%s: %llu bytes, was %llu\n", store.c_str(),
                static_cast<unsigned long long>(sizes->after),
                static_cast<unsigned long long>(sizes->before));
  say_next(common, next_command("list", "", store));
  return kFinished;
}

}  // namespace

CommandSpec store_compact_command() {
  auto c = std::make_shared<CommonOptions>();
  return {
      .name = "store compact",
      .part = Part::kStore,
      .summary = "Give the space of deleted runs back to the disk",
      .description =
          "Rewrites the file, whole or not at all, and needs as much free space again "
          "while it works. Refuses while a run of the file is running.",
      .options = with_common({}, *c),
      .examples = {{"equivolve store compact --store runs.db", ""}},
      .action = [c] { return compact(*c); },
  };
}

}  // namespace equivolve::cli
