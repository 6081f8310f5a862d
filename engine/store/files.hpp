// Making files that appear complete or not at all.
#pragma once

#include <filesystem>

namespace equivolve::engine::store {

/// A name beside `file` for a database in the making (FILE.new-PID-N); it and what SQLite keeps
/// beside it are removed at the beginning and at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& file);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Gives a complete file a further name, never replacing a file that is there. 0, or the errno:
/// EEXIST when that name is taken.
int link_new(const std::filesystem::path& complete, const std::filesystem::path& name);

/// Makes what was linked in the file's folder durable.
void sync_folder_of(const std::filesystem::path& file);

}  // namespace equivolve::engine::store
