// Fresh folders and files for tests.
#pragma once

#include <filesystem>
#include <string>

namespace equivolve::test {

/// Made new, and removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  /// Writes a file and gives its path.
  std::string write(const std::string& name, const std::string& content) const;
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);

/// Runs a command with /bin/sh; its exit code, and what it printed on both outputs.
int run_command(const std::string& command, std::string& output);

/// A file of the repository's data/ folder.
std::string data_file(const std::string& name);

}  // namespace equivolve::test
