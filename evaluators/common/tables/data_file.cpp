#include "evaluators/common/tables/data_file.hpp"

#include <xxhash.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace equivolve::tables {
namespace {

constexpr std::size_t kLargest = std::size_t{4} << 30;

using Text = tl::expected<std::string, std::string>;

Text read_whole(const std::string& path) {
  std::error_code code;
  if (!std::filesystem::exists(path, code))
    return tl::unexpected("there is no file '" + path + "'");
  if (std::filesystem::is_directory(path, code))
    return tl::unexpected("'" + path + "' is a folder");
  std::ifstream in(path, std::ios::binary);
  if (!in) return tl::unexpected("'" + path + "' cannot be opened: " + std::strerror(errno));
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return tl::unexpected("'" + path + "' cannot be read");
  return std::move(text).str();
}

bool is_gzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

/// Frees zlib's state on every way out.
struct Inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, 15 + 16) == Z_OK;
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

Text unpack(std::string_view packed, const std::string& path) {
  Inflater z;
  if (!z.ready) return tl::unexpected<std::string>("zlib cannot be started");
  std::string text, chunk(std::size_t{1} << 16, '\0');
  int state = Z_OK;
  while (!packed.empty() || state != Z_STREAM_END) {
    const auto offered = static_cast<uInt>(std::min<std::size_t>(packed.size(), 1u << 20));
    z.stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    z.stream.avail_in = offered;
    z.stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    z.stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&z.stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END)
      return tl::unexpected("'" + path + "' is cut or damaged (gzip)");
    packed.remove_prefix(offered - z.stream.avail_in);
    text.append(chunk.data(), chunk.size() - z.stream.avail_out);
    if (text.size() > kLargest)
      return tl::unexpected("'" + path + "' is larger than 4 GiB when unpacked");
    if (state == Z_STREAM_END && !packed.empty()) inflateReset(&z.stream);
  }
  return text;
}

}  // namespace

DataDigest digest_of(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  DataDigest digest;
  static_assert(sizeof canonical.digest == sizeof digest);
  std::memcpy(digest.data(), canonical.digest, digest.size());
  return digest;
}

tl::expected<DataFile, std::string> read_data_file(const std::string& path) {
  auto bytes = read_whole(path);
  if (!bytes) return tl::unexpected(bytes.error());
  DataFile file;
  file.digest = digest_of(*bytes);
  if (!is_gzip(*bytes)) {
    file.text = std::move(*bytes);
    return file;
  }
  auto text = unpack(*bytes, path);
  if (!text) return tl::unexpected(text.error());
  file.text = std::move(*text);
  return file;
}

}  // namespace equivolve::tables
