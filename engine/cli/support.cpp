#include "engine/cli/support.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/reader.hpp"
#include "engine/run/kernel.hpp"

namespace equivolve::cli {

int fail(int exit_code, const std::string& message) {
  std::fprintf(stderr, "equivolve: %s\n", message.c_str());
  return exit_code;
}

std::filesystem::path store_path(const CommonOptions& common) {
  if (common.store && !common.store->empty()) return std::filesystem::absolute(*common.store);
  if (const char* named = std::getenv("EQUIVOLVE_STORE"); named && *named)
    return std::filesystem::absolute(named);
  return std::filesystem::absolute("equivolve.db");
}

std::string next_command(const std::string& command, const std::string& run,
                         const std::filesystem::path& store) {
  std::string out = "equivolve " + command;
  if (!run.empty()) out += " " + shell_word(run);
  if (store_path({}) == store) return out;
  const std::filesystem::path near = store.lexically_proximate(std::filesystem::current_path());
  const bool below = !near.empty() && *near.begin() != "..";
  return out + " --store " + shell_word(below ? near.string() : store.string());
}

std::string option_word(const std::string& key) {
  std::string word = "--" + key;
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

void say_next(const CommonOptions& common, const std::string& command) {
  if (!common.quiet && !common.json) std::printf("next: %s\n", command.c_str());
}

int check_folders(const std::vector<std::filesystem::path>& folders) {
  for (const std::filesystem::path& folder : folders)
    if (!std::filesystem::is_directory(folder))
      return fail(kBadInput, "--folder " + folder.string() + ": no such folder");
  return 0;
}

const char* status_name(engine::Status status) {
  switch (status) {
    case engine::Status::kOk:
      return "ok";
    case engine::Status::kInfeasible:
      return "infeasible";
    case engine::Status::kNonFinite:
      return "non_finite";
    case engine::Status::kFailed:
      return "failed";
    case engine::Status::kPruned:
      return "pruned";
    case engine::Status::kPartial:
      return "partial";
    case engine::Status::kCancelled:
      break;
  }
  return "cancelled";
}

std::string runs_text(const engine::GroupInfo& group) {
  if (group.begun.empty()) return "no runs yet";
  const engine::RunId first = group.begun.front().second;
  bool in_a_row = group.begun.size() > 2;
  std::string list;
  for (std::size_t i = 0; i < group.begun.size(); ++i) {
    const engine::RunId run = group.begun[i].second;
    in_a_row = in_a_row && run == first + static_cast<engine::RunId>(i);
    list += (i == 0 ? "" : ", ") + std::to_string(run);
  }
  if (in_a_row) list = std::to_string(first) + " to " + std::to_string(group.begun.back().second);
  return (group.begun.size() == 1 ? "run " : "runs ") + list;
}

namespace {

std::string no_run_but(const engine::GroupInfo& group, const std::filesystem::path& store) {
  const std::string name = "g" + std::to_string(group.id);
  return name + " is a group (" + runs_text(group) +
         ") and this takes one run: name one of them, or latest; next: " +
         next_command("show", name, store);
}

/// What follows "no run NAME: it has runs ...": which groups there are.
std::string groups_there(const engine::StoreReader& reader) {
  constexpr std::size_t kShown = 10;
  const auto groups = reader.groups();
  if (!groups || groups->empty()) return ", and no groups";
  std::string list;
  std::size_t shown = 0;
  for (auto group = groups->rbegin(); group != groups->rend() && shown < kShown; ++group, ++shown)
    list += fmt::format("{}g{} ({})", list.empty() ? "" : ", ", group->id, group->name);
  return ", and groups " + list + (groups->size() > kShown ? ", ..." : "");
}

}  // namespace

tl::expected<FoundRun, int> find_run(const CommonOptions& common, const std::string& run) {
  FoundRun found;
  found.store = store_path(common);
  auto reader = engine::StoreReader::open(found.store);
  if (!reader) return tl::unexpected<int>(fail(kStoreTrouble, reader.error().message));
  auto info = (*reader)->find_run(run);
  if (!info) {
    const auto group = (*reader)->find_group(run);
    return tl::unexpected<int>(
        fail(kBadInput, group ? no_run_but(*group, found.store)
                              : info.error().message + groups_there(**reader)));
  }
  found.reader = std::move(*reader);
  found.info = std::move(*info);
  return found;
}

std::optional<FoundGroup> find_group(const CommonOptions& common, const std::string& group) {
  FoundGroup found;
  found.store = store_path(common);
  auto reader = engine::StoreReader::open(found.store);
  if (!reader) return std::nullopt;
  auto info = (*reader)->find_group(group);
  if (!info) return std::nullopt;
  // Of a run and a group of that name the later one is meant. (A group's own runs are NAME/1, ...)
  const auto run = (*reader)->find_run(group);
  if (run && run->created > info->created) return std::nullopt;
  found.reader = std::move(*reader);
  found.info = std::move(*info);
  return found;
}

tl::expected<engine::Preparation, int> prepared_file(const CommonOptions& common,
                                                     const std::string& file,
                                                     const std::vector<std::string>& overrides) {
  auto read = read_file(common, file, overrides);
  if (read) return prepared(std::move(*read), common.quiet);
  std::fprintf(stderr, "%s", engine::text_of({read.error()}).c_str());
  return tl::unexpected<int>(kBadInput);
}

tl::expected<engine::ReadConfiguration, int> stored_configuration(
    const engine::RunInfo& info, const std::filesystem::path& store,
    const std::vector<std::string>& overrides) {
  auto document = engine::Document::from_json(info.head.config_resolved);
  if (!document)
    return tl::unexpected<int>(
        fail(kStoreTrouble, "the stored configuration cannot be read: " + document.error().text()));
  // Paths that a person gives start where the person is; the stored ones are absolute.
  engine::ReadOptions options;
  options.overrides = overrides;
  auto read = engine::read_document(std::move(*document), std::filesystem::current_path(),
                                    info.head.name, options);
  if (!read && !overrides.empty()) {
    std::fprintf(stderr, "%s", engine::text_of(read.error()).c_str());
    return tl::unexpected<int>(kBadInput);
  }
  if (!read)
    return tl::unexpected<int>(fail(kStoreTrouble, "the stored configuration cannot be read: " +
                                                       engine::text_of(read.error())));
  read->configuration.as_written = info.head.config_as_written;
  read->configuration.store.file = store;
  return std::move(*read);
}

tl::expected<engine::ReadConfiguration, engine::ConfigProblem> read_file(
    const CommonOptions& common, const std::string& file,
    const std::vector<std::string>& overrides) {
  engine::ReadOptions options;
  options.overrides = overrides;
  if (common.store) options.store = store_path(common);
  auto read = engine::read_as_far_as_it_goes(file, options);
  if (read && common.store) read->configuration.store.file = store_path(common);
  return read;
}

void print_warnings(const engine::ConfigProblems& warnings) {
  for (const engine::ConfigProblem& warning : warnings)
    std::fprintf(stderr, "warning: %s\n", warning.text().c_str());
}

int check_engine(const engine::RunInfo& info) {
  const engine::RunHead& head = info.head;
  if (head.engine_version == EQUIVOLVE_VERSION && head.kernel == engine::kernel_kind()) return 0;
  return fail(kBadInput, "run " + std::to_string(info.id) + " was begun by Equivolve " +
                             head.engine_version + " (" + head.kernel + "), this is " +
                             EQUIVOLVE_VERSION + " (" + engine::kernel_kind() +
                             "): its results would not be the same");
}

int check_context(const engine::RunInfo& info, const engine::Preparation& preparation) {
  if (preparation.context == info.head.context) return 0;
  const std::string run = std::to_string(info.id);
  return fail(
      kBadInput,
      "run " + run + ": its data file or evaluator has changed since it began (stored context " +
          hashing::to_hex(info.head.context) + ", now " + hashing::to_hex(preparation.context) +
          "); a new run from its configuration, with what is there now: " +
          next_command("resume", run, preparation.config.store.file) + " --fork");
}

tl::expected<engine::Preparation, int> prepared(engine::ReadConfiguration read, bool quiet) {
  auto log = [quiet](int severity, std::string_view text) {
    if (quiet && severity == 0) return;
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
  };
  auto preparation = engine::prepare(std::move(read), log);
  if (preparation) return std::move(*preparation);
  const engine::PreparationError& error = preparation.error();
  print_warnings(error.warnings);
  std::fprintf(stderr, "%s", engine::text_of(error.problems).c_str());
  return tl::unexpected<int>(error.exit_code);
}

tl::expected<engine::Preparation, int> prepared_stored(engine::ReadConfiguration read, bool quiet) {
  const nlohmann::json config =
      nlohmann::json::parse(read.configuration.evaluator.config_json, nullptr, false);
  const nlohmann::json* file = nullptr;
  if (config.is_object() && config.contains("data") && config["data"].is_object())
    if (const auto found = config["data"].find("file"); found != config["data"].end())
      file = &*found;
  auto preparation = prepared(std::move(read), quiet);
  std::error_code error;
  if (!preparation && file && file->is_string() &&
      !std::filesystem::exists(file->get<std::string>(), error))
    std::fprintf(stderr, "if the file has been moved, name its new place: --set data.file=PATH\n");
  return preparation;
}

}  // namespace equivolve::cli
