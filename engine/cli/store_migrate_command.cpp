#include "engine/store/migrate.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

int migrate(const CommonOptions& common) {
  const std::filesystem::path store = store_path(common);
  engine::WriterOptions options;
  if (!common.quiet)
    options.message = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  const auto report = engine::migrate_store(store, options);
  if (!report) return fail(kStoreTrouble, report.error().message);
  if (common.json) {
    std::printf("%s\n",
                nlohmann::ordered_json{
                    {"from", report->from}, {"to", report->to}, {"backup", report->backup.string()}}
                    .dump()
                    .c_str());
    return kFinished;
  }
  if (report->from == report->to)
    std::printf("%s is up to date (schema %lld)\n", store.c_str(),
                static_cast<long long>(report->to));
  else
    std::printf("%s is now of schema %lld; as it was, with schema %lld, it is kept in %s\n",
                store.c_str(), static_cast<long long>(report->to),
                static_cast<long long>(report->from), report->backup.c_str());
  say_next(common, next_command("list", "", store));
  return kFinished;
}

}  // namespace

CommandSpec store_migrate_command() {
  auto c = std::make_shared<CommonOptions>();
  return {
      .name = "store migrate",
      .part = Part::kStore,
      .summary = "Bring a file of an older Equivolve up to date; a copy of it is kept beside it",
      .options = with_common({}, *c),
      .examples = {{"equivolve store migrate --store runs.db", ""}},
      .action = [c] { return migrate(*c); },
  };
}

}  // namespace equivolve::cli
