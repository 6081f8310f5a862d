#include "engine/processes/scratch_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace equivolve::engine {

tl::expected<ScratchFolder, std::string> ScratchFolder::make() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  std::string name =
      ((error ? std::filesystem::path("/tmp") : folder) / "equivolve-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    return tl::unexpected<std::string>(name + ": " + std::strerror(errno));
  return ScratchFolder(std::filesystem::path(name));
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  if (!path_.empty()) std::filesystem::remove_all(path_, error);
}

}  // namespace equivolve::engine
