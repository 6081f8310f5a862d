// A file that is there whole or not at all, whatever stops the program: it is written under another
// name in the same folder, synced, and then renamed. An older file of that name stays until then.
// What a person may not be able to make again is never written over: a results file in no case,
// other files only when they begin as the new one does (an earlier output), or by --force.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace equivolve::cli {

/// Why `file` may not be replaced by one that starts with `beginning`; "" when it may.
std::string refusal_to_replace(const std::filesystem::path& file, std::string_view beginning,
                               bool force);

/// Move-only. Errors are sentences that name the file. [one thread per value]
class OutputFile {
 public:
  /// `beginning`: what the new file will start with.
  static tl::expected<OutputFile, std::string> create(const std::filesystem::path& file,
                                                      std::string_view beginning, bool force);
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
