// A file that is there whole or not at all, whatever stops the program: it is written under another
// name in the same folder, synced, and then renamed. An older file of that name stays until then.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace equivolve::cli {

/// Move-only. Errors are sentences that name the file. [one thread per value]
class OutputFile {
 public:
  static tl::expected<OutputFile, std::string> create(const std::filesystem::path& file);
  OutputFile(OutputFile&&) = default;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  ///< without commit() nothing is left

  /// A failure is kept for commit().
  void write(std::string_view text);
  tl::expected<void, std::string> commit();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  OutputFile() = default;

  std::unique_ptr<std::FILE, Close> stream_;
  std::filesystem::path file_, part_;
  int error_ = 0;  // errno of the first write that failed
};

}  // namespace equivolve::cli
