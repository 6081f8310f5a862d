// A data file's bytes: read whole, unpacked when gzip'ed, and digested as they lie on the disk.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace equivolve::tables {

/// 128 bits in canonical (big-endian) order.
using DataDigest = std::array<std::uint8_t, 16>;

struct DataFile {
  std::string text;   ///< unpacked
  DataDigest digest;  ///< of the file's own bytes, before unpacking
};

/// Reads a file; one that starts with the gzip magic number is unpacked (RFC 1952, members may
/// follow each other). The error is a sentence that names the file. Files above 4 GiB, unpacked,
/// are refused. [any-thread]
tl::expected<DataFile, std::string> read_data_file(const std::string& path);

/// XXH3-128 of bytes. [any-thread]
DataDigest digest_of(std::string_view bytes);

}  // namespace equivolve::tables
