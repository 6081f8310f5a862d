#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"
#include "engine/store/salvage.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct SalvageOptions {
  CommonOptions common;
  std::filesystem::path file, out;
};

void print_json(const std::filesystem::path& out, const engine::Salvaged& saved) {
  Json runs = Json::array();
  for (const engine::SalvagedRun& run : saved.runs)
    runs.push_back({{"run", run.run},
                    {"name", run.name},
                    {"told_before", run.told_before},
                    {"told", run.told}});
  std::printf("%s\n", Json{{"file", out.string()},
                           {"rows", saved.rows},
                           {"broken_rows", saved.broken_rows},
                           {"problems", saved.problems},
                           {"runs", runs}}
                          .dump()
                          .c_str());
}

void print_text(const std::filesystem::path& out, const engine::Salvaged& saved) {
  for (const std::string& problem : saved.problems) std::printf("%s\n", problem.c_str());
  for (const engine::SalvagedRun& run : saved.runs)
    std::printf(
        "run %lld \"%s\": %llu tickets%s\n", static_cast<long long>(run.run), run.name.c_str(),
        static_cast<unsigned long long>(run.told),
        run.told < run.told_before
            ? fmt::format(" of {}; resume evaluates the rest again", run.told_before).c_str()
            : ", nothing lost");
  std::printf("%s: %llu rows; %llu were damaged and are left out\n", out.c_str(),
              static_cast<unsigned long long>(saved.rows),
              static_cast<unsigned long long>(saved.broken_rows));
}

int carry_out(const SalvageOptions& command) {
  const std::filesystem::path out = std::filesystem::absolute(command.out);
  auto saved = engine::salvage_store(std::filesystem::absolute(command.file), out);
  if (!saved) return fail(kStoreTrouble, saved.error().message);
  if (command.common.json)
    print_json(out, *saved);
  else if (!command.common.quiet)
    print_text(out, *saved);
  say_next(command.common, next_command("store verify", "", out));
  return kFinished;
}

}  // namespace

CommandSpec store_salvage_command() {
  auto c = std::make_shared<SalvageOptions>();
  return {
      .name = "store salvage",
      .part = Part::kStore,
      .summary = "Save what can be read of a damaged file into a new one",
      .description =
          "Never touches the damaged file. Rows count when their checksum is right; of each run "
          "the tickets from 0 on remain for which everything is there, and `equivolve resume` "
          "evaluates the rest again. A run whose own row is lost is lost.",
      .options = {{.name = "FILE",
                   .value = "",
                   .help = "The damaged file",
                   .into = &c->file,
                   .completes = Completes::kFile,
                   .required = true},
                  {.name = "--out",
                   .value = "NEW",
                   .help = "The new file; must not be there yet",
                   .into = &c->out,
                   .completes = Completes::kFile,
                   .required = true},
                  json_option(c->common),
                  quiet_option(c->common)},
      .examples = {{"equivolve store salvage runs.db --out saved.db", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
