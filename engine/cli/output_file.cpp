#include "engine/cli/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/store/fault_point.hpp"
#include "engine/store/file_check.hpp"

namespace equivolve::cli {
namespace {

std::string cannot_write(const std::filesystem::path& file, int error) {
  return fmt::format("cannot write {}: {}", file.string(), std::strerror(error));
}

bool starts_with(const std::filesystem::path& file, std::string_view beginning) {
  std::string start(beginning.size(), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  return in && start == beginning;
}

}  // namespace

std::string refusal_to_replace(const std::filesystem::path& file, std::string_view beginning,
                               bool force) {
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  if (!std::filesystem::exists(status)) return "";
  if (std::filesystem::is_directory(status)) return cannot_write(file, EISDIR);
  if (!std::filesystem::is_regular_file(status))
    return fmt::format("{} is no regular file; expected a name of a new file", file.string());
  if (starts_with(file, engine::store::kSqliteMagic))
    return fmt::format("{} is an SQLite database, perhaps of results; it is never written over",
                       file.string());
  if (force || std::filesystem::file_size(file, ignored) == 0 || starts_with(file, beginning))
    return "";
  return fmt::format("{} is there and is no earlier output of this command; --force writes over it",
                     file.string());
}

tl::expected<OutputFile, std::string> OutputFile::create(const std::filesystem::path& file,
                                                         std::string_view beginning, bool force) {
  if (std::string why = refusal_to_replace(file, beginning, force); !why.empty())
    return tl::unexpected(std::move(why));
  OutputFile out;
  std::error_code ignored;
  // A link stays one: what it points to is replaced.
  const auto real = std::filesystem::canonical(file, ignored);
  out.file_ = real.empty() ? file : real;
  out.part_ = out.file_;
  out.part_ += fmt::format(".part-{}", getpid());
  const int descriptor = open(out.part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return tl::unexpected(cannot_write(file, errno));
  out.stream_.reset(fdopen(descriptor, "wb"));
  return out;
}

OutputFile::~OutputFile() {
  if (stream_) unlink(part_.c_str());
}

void OutputFile::write(std::string_view text) {
  if (error_ != 0 || text.empty()) return;
  if (std::fwrite(text.data(), 1, text.size(), stream_.get()) != text.size()) error_ = errno;
}

tl::expected<void, std::string> OutputFile::commit() {
  if (error_ == 0 && (std::fflush(stream_.get()) != 0 || fsync(fileno(stream_.get())) != 0))
    error_ = errno;
  EQV_FAULT_POINT("output.before_rename");
  if (error_ == 0 && rename(part_.c_str(), file_.c_str()) != 0) error_ = errno;
  if (error_ != 0) return tl::unexpected(cannot_write(file_, error_));
  EQV_FAULT_POINT("output.after_rename");
  stream_.reset();
  return {};
}

}  // namespace equivolve::cli
