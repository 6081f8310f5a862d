#include "engine/plugins/plugin_folders.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_host.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/scripts/script_evaluator.hpp"

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;

void append_search_path(std::string_view path, std::vector<fs::path>& out) {
  while (!path.empty()) {
    const std::size_t colon = std::min(path.find(':'), path.size());
    const fs::path folder(path.substr(0, colon));
    // A relative entry would mean the current folder, which may hold anything.
    if (folder.is_absolute()) out.push_back(folder);
    path.remove_prefix(std::min(colon + 1, path.size()));
  }
}

std::vector<fs::path> modules_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".so") files.push_back(it->path());
  std::sort(files.begin(), files.end());
  return files;
}

bool leads_out(const fs::path& file, const fs::path& real_folder) {
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  return !error && real.parent_path() != real_folder;
}

std::string list_of(const std::vector<fs::path>& folders) {
  std::string out;
  for (const fs::path& folder : folders) out += (out.empty() ? "" : ", ") + folder.string();
  return out.empty() ? "no folder" : out;
}

}  // namespace

std::vector<fs::path> plugin_folders(const std::vector<fs::path>& configured) {
  std::vector<fs::path> folders;
  for (const fs::path& folder : configured)
    if (folder.is_absolute()) folders.push_back(folder);
  if (const char* path = std::getenv("EQUIVOLVE_PLUGIN_PATH")) append_search_path(path, folders);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error)
    folders.push_back((program.parent_path() / "../lib/equivolve/evaluators").lexically_normal());
  return folders;
}

std::vector<ModuleFile> module_files(const std::vector<fs::path>& folders) {
  std::vector<ModuleFile> out;
  std::set<fs::path> seen_folders;
  std::map<std::string, fs::path> first_of;
  for (const fs::path& folder : folders) {
    std::error_code error;
    const fs::path real_folder = fs::canonical(folder, error);
    if (error || !seen_folders.insert(real_folder).second) continue;
    for (const fs::path& file : modules_in(folder)) {
      ModuleFile found{file.stem().string(), file, ""};
      const auto [first, fresh] = first_of.emplace(found.stem, file);
      if (leads_out(file, real_folder))
        found.problem = "is a link to a file outside its folder; copy the file instead";
      else if (!fresh)
        found.problem = fmt::format("is there twice: also {}", first->second.string());
      out.push_back(std::move(found));
    }
  }
  return out;
}

tl::expected<fs::path, EvaluatorError> find_module(const std::string& id,
                                                   const std::vector<fs::path>& folders) {
  std::vector<std::string> known{kScriptId};
  std::vector<const ModuleFile*> matches;
  const std::vector<ModuleFile> files = module_files(folders);
  for (const ModuleFile& found : files) {
    known.push_back(found.stem);
    if (found.stem == id) matches.push_back(&found);
  }
  if (matches.empty())
    return tl::unexpected(EvaluatorError{
        "", fmt::format("no evaluator '{}' in {}{}", id, list_of(folders), suggestion(id, known)),
        true});
  // Which of two the user means is not ours to guess: the one passed over might be the one trusted.
  if (matches.size() > 1)
    return tl::unexpected(
        EvaluatorError{"",
                       fmt::format("evaluator '{}' is there twice: {} and {}; remove one of them",
                                   id, matches[0]->file.string(), matches[1]->file.string()),
                       false});
  if (!matches[0]->problem.empty())
    return tl::unexpected(EvaluatorError{
        "", fmt::format("{} {}", matches[0]->file.string(), matches[0]->problem), false});
  return matches[0]->file;
}

}  // namespace equivolve::engine
