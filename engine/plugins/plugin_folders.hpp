// Where modules lie, without opening any.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {

struct ModuleFile {
  std::string stem;  ///< file name without .so: the id it is looked up by
  std::filesystem::path file;
  std::string problem;  ///< why it must not be opened; empty when it may
};

/// Every *.so directly in the folders, in their order, then by name. A folder named twice counts
/// once; missing folders are skipped. A file whose real place is in another folder (a link out) has
/// a problem; so has every file but the first of two different ones with one name.
std::vector<ModuleFile> module_files(const std::vector<std::filesystem::path>& folders);

/// The one file for `id`, which must be a plugin name. The error names the nearest id (then the
/// configuration is at fault) or both places of a double one.
tl::expected<std::filesystem::path, EvaluatorError> find_module(
    const std::string& id, const std::vector<std::filesystem::path>& folders);

}  // namespace equivolve::engine
