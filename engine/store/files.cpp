#include "engine/store/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace equivolve::engine::store {
namespace {

void remove_files(const std::filesystem::path& temporary) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    auto name = temporary;
    name += suffix;
    unlink(name.c_str());
  }
}

}  // namespace

TemporaryFile::TemporaryFile(const std::filesystem::path& file) : path_(file) {
  static std::atomic<unsigned> serial{0};
  path_ += fmt::format(".new-{}-{}", getpid(), serial.fetch_add(1));
  remove_files(path_);
}

TemporaryFile::~TemporaryFile() {
  remove_files(path_);
}

int link_new(const std::filesystem::path& complete, const std::filesystem::path& name) {
  // link, unlike rename, never replaces a file that is there. File systems without links have to do
  // with rename.
  if (link(complete.c_str(), name.c_str()) == 0) return 0;
  if (errno != EPERM && errno != EOPNOTSUPP) return errno;
  return rename(complete.c_str(), name.c_str()) == 0 ? 0 : errno;
}

void sync_folder_of(const std::filesystem::path& file) {
  const auto folder = std::filesystem::absolute(file).parent_path();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace equivolve::engine::store
