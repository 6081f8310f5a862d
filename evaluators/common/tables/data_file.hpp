// A data file's bytes, a piece at a time: unpacked when gzip'ed, and digested as they lie on the
// disk. What is held in memory does not depend on the file's size.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace equivolve::tables {

/// 128 bits in canonical (big-endian) order.
using DataDigest = std::array<std::uint8_t, 16>;

/// What may be opened. A pipe gives its text once: enough for rows to be predicted, too little for
/// data that a run is resumed with.
enum class FileKinds { kRegular, kPipesToo };

/// A file that starts with the gzip magic number is unpacked (RFC 1952, members may follow each
/// other). Errors are sentences that name the file. A value that moves; one thread at a time.
class DataFile {
 public:
  /// Refused: no such file, a folder, a pipe or device unless `kinds` says so, no permission, and
  /// what is known by its first bytes to be no text (zip and with it Excel workbooks, Parquet, xz,
  /// bzip2, zstd, UTF-16).
  static tl::expected<DataFile, std::string> open(const std::string& path,
                                                  FileKinds kinds = FileKinds::kRegular);

  /// The next piece of text, at most 256 KiB; empty at the end. It lasts until the next call.
  tl::expected<std::string_view, std::string> next();

  /// XXH3-128 of the file's own bytes, before unpacking, as far as they were read.
  DataDigest digest() const;

  DataFile(DataFile&&) noexcept;
  DataFile& operator=(DataFile&&) noexcept;
  ~DataFile();

 private:
  struct Parts;
  explicit DataFile(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// XXH3-128 of bytes. [any-thread]
DataDigest digest_of(std::string_view bytes);

}  // namespace equivolve::tables
