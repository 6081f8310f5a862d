#include "engine/cli/support.hpp"

#include <cstdio>
#include <cstdlib>

#include "engine/config/reader.hpp"

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

std::string shell_word(const std::string& word) {
  const bool plain =
      !word.empty() &&
      word.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-+=:,@%") ==
          std::string::npos;
  if (plain) return word;
  std::string out = "'";
  for (char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
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
    case engine::Status::kCancelled:
      break;
  }
  return "cancelled";
}

tl::expected<FoundRun, int> find_run(const CommonOptions& common, const std::string& run) {
  FoundRun found;
  found.store = store_path(common);
  auto reader = engine::StoreReader::open(found.store);
  if (!reader) return tl::unexpected<int>(fail(kStoreTrouble, reader.error().message));
  auto info = (*reader)->find_run(run);
  if (!info) return tl::unexpected<int>(fail(kBadInput, info.error().message));
  found.reader = std::move(*reader);
  found.info = std::move(*info);
  return found;
}

tl::expected<engine::ReadConfiguration, int> stored_configuration(
    const engine::RunInfo& info, const std::filesystem::path& store) {
  auto document = engine::Document::from_json(info.head.config_resolved);
  if (!document)
    return tl::unexpected<int>(
        fail(kStoreTrouble, "the stored configuration cannot be read: " + document.error().text()));
  auto read = engine::read_document(std::move(*document), store.parent_path(), info.head.name, {});
  if (!read)
    return tl::unexpected<int>(fail(kStoreTrouble, "the stored configuration cannot be read: " +
                                                       engine::text_of(read.error())));
  read->configuration.as_written = info.head.config_as_written;
  read->configuration.store.file = store;
  return std::move(*read);
}

tl::expected<engine::ReadConfiguration, engine::ConfigProblem> read_file(
    const RunCommand& command) {
  engine::ReadOptions options;
  options.overrides = command.overrides;
  if (command.seed) options.overrides.push_back("seed=" + *command.seed);
  if (command.workers) options.overrides.push_back("workers.count=" + *command.workers);
  if (command.common.store) options.store = store_path(command.common);
  auto read = engine::read_as_far_as_it_goes(command.file, options);
  if (read && command.common.store) read->configuration.store.file = store_path(command.common);
  return read;
}

void print_warnings(const engine::ConfigProblems& warnings) {
  for (const engine::ConfigProblem& warning : warnings)
    std::fprintf(stderr, "warning: %s\n", warning.text().c_str());
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

}  // namespace equivolve::cli
