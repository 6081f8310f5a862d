#include "evaluators/common/tables/data_file.hpp"

#include <xxhash.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace equivolve::tables {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 18;

using Piece = tl::expected<std::string_view, std::string>;

struct Magic {
  std::string_view bytes;
  const char* what;
};
using namespace std::string_view_literals;
constexpr Magic kForeign[] = {
    {"PK\x03\x04"sv, "a zip archive (an Excel workbook?); save the table as CSV"},
    {"PAR1"sv, "a Parquet file; save the table as CSV"},
    {"\xFD"
     "7zXZ"sv,
     "packed with xz; unpack it, or pack it with gzip"},
    {"BZh"sv, "packed with bzip2; unpack it, or pack it with gzip"},
    {"\x28\xB5\x2F\xFD"sv, "packed with zstd; unpack it, or pack it with gzip"},
    {"\xFF\xFE"sv, "text in UTF-16; save it as UTF-8"},
    {"\xFE\xFF"sv, "text in UTF-16; save it as UTF-8"},
};

DataDigest canonical(XXH128_hash_t hash) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  DataDigest digest;
  static_assert(sizeof bytes.digest == sizeof digest);
  std::memcpy(digest.data(), bytes.digest, digest.size());
  return digest;
}

/// XXH3's state, which wants an alignment that only its own allocator gives.
class RunningDigest {
 public:
  RunningDigest() : state_(XXH3_createState(), &XXH3_freeState) {
    XXH3_128bits_reset(state_.get());
  }
  void add(std::string_view bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  DataDigest so_far() const { return canonical(XXH3_128bits_digest(state_.get())); }

 private:
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

}  // namespace

struct DataFile::Parts {
  explicit Parts(std::string name) : path(std::move(name)), raw(kPiece, '\0') {}
  ~Parts() {
    if (unpacking) inflateEnd(&zlib);
  }

  /// The next bytes as they lie on the disk.
  Piece read() {
    in.read(raw.data(), static_cast<std::streamsize>(raw.size()));
    if (in.bad()) return tl::unexpected("'" + path + "' cannot be read: " + std::strerror(errno));
    const std::string_view bytes(raw.data(), static_cast<std::size_t>(in.gcount()));
    digest.add(bytes);
    return bytes;
  }

  tl::unexpected<std::string> damaged() const {
    return tl::unexpected("'" + path + "' is cut or damaged (gzip)");
  }

  /// Until there is some text, or the last member has ended together with the file.
  Piece unpack() {
    for (;;) {
      if (packed.empty() && !more_inside) {
        auto more = read();
        if (!more) return more;
        packed = *more;
        if (packed.empty() && member_ended) return std::string_view();
        if (packed.empty()) return damaged();
      }
      if (member_ended) inflateReset(&zlib);
      zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
      zlib.avail_in = static_cast<uInt>(packed.size());
      zlib.next_out = reinterpret_cast<Bytef*>(text.data());
      zlib.avail_out = static_cast<uInt>(text.size());
      const int state = inflate(&zlib, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END && !(state == Z_BUF_ERROR && more_inside))
        return damaged();
      more_inside = zlib.avail_out == 0 && state != Z_STREAM_END;
      member_ended = state == Z_STREAM_END;
      packed.remove_prefix(packed.size() - zlib.avail_in);
      const std::size_t got = text.size() - zlib.avail_out;
      if (got > 0) return std::string_view(text.data(), got);
    }
  }

  std::string path;
  std::ifstream in;
  std::string raw, text;   // last piece as it was read; as it was unpacked
  std::string_view first;  // read by open, not yet given out
  RunningDigest digest;
  bool unpacking = false, member_ended = false;
  bool more_inside = false;  // the last call filled text, and zlib may hold more
  std::string_view packed;   // in raw, not yet unpacked
  z_stream zlib{};
};

DataFile::DataFile(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DataFile::DataFile(DataFile&&) noexcept = default;
DataFile& DataFile::operator=(DataFile&&) noexcept = default;
DataFile::~DataFile() = default;

tl::expected<DataFile, std::string> DataFile::open(const std::string& path, FileKinds kinds) {
  std::error_code code;
  if (!std::filesystem::exists(path, code))
    return tl::unexpected("there is no file '" + path + "'");
  if (std::filesystem::is_directory(path, code))
    return tl::unexpected("'" + path + "' is a folder");
  if (kinds == FileKinds::kRegular && !std::filesystem::is_regular_file(path, code))
    return tl::unexpected("'" + path +
                          "' is a pipe or a device, which can be read once or never ends; save the "
                          "table in a file");
  auto parts = std::make_unique<Parts>(path);
  parts->in.open(path, std::ios::binary);
  if (!parts->in) return tl::unexpected("'" + path + "' cannot be opened: " + std::strerror(errno));
  const auto first = parts->read();
  if (!first) return tl::unexpected(first.error());
  for (const Magic& magic : kForeign)
    if (first->starts_with(magic.bytes)) return tl::unexpected("'" + path + "' is " + magic.what);
  if (first->starts_with("\x1f\x8b")) {
    if (inflateInit2(&parts->zlib, 15 + 16) != Z_OK)
      return tl::unexpected<std::string>("zlib cannot be started");
    parts->unpacking = true;
    parts->packed = *first;
    parts->text.resize(kPiece);
  } else {
    parts->first = *first;
  }
  return DataFile(std::move(parts));
}

tl::expected<std::string_view, std::string> DataFile::next() {
  if (parts_->unpacking) return parts_->unpack();
  if (!parts_->first.empty()) return std::exchange(parts_->first, {});
  return parts_->read();
}

DataDigest DataFile::digest() const {
  return parts_->digest.so_far();
}

DataDigest digest_of(std::string_view bytes) {
  return canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

}  // namespace equivolve::tables
