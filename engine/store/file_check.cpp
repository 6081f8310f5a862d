#include "engine/store/file_check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "engine/store/errors.hpp"
#include "engine/store/schema.hpp"

namespace equivolve::engine::store {
namespace {

// The first 100 bytes of an SQLite file (sqlite.org/fileformat2.html, section 1.3); numbers are
// big-endian.
using Header = std::array<unsigned char, 100>;

std::uint32_t number_at(const Header& header, std::size_t place) {
  return std::uint32_t{header[place]} << 24 | std::uint32_t{header[place + 1]} << 16 |
         std::uint32_t{header[place + 2]} << 8 | std::uint32_t{header[place + 3]};
}

tl::unexpected<StoreError> refuse(const std::filesystem::path& file, const std::string& what) {
  return tl::unexpected(StoreError{file.string() + ": " + what});
}

// " (0.9.0 wrote its latest run)", as far as a file of an unknown schema says.
std::string newest_engine(const std::filesystem::path& file) {
  auto database = sql::Database::open(file, sql::Access::kImmutable);
  if (!database) return "";
  auto statement = database->prepare("SELECT engine_version FROM runs ORDER BY run DESC LIMIT 1");
  if (!statement) return "";
  auto row = statement->step();
  if (!row || !*row) return "";
  const std::string version = statement->text(0);
  const bool plain =
      !version.empty() && version.size() < 40 &&
      version.find_first_not_of("0123456789.abcdefghijklmnopqrstuvwxyz-+") == std::string::npos;
  return plain ? " (" + version + " wrote its latest run)" : "";
}

tl::expected<void, StoreError> check_version(const std::filesystem::path& file,
                                             std::int64_t version) {
  if (version > kSchemaNumber) {
    return refuse(
        file, fmt::format("was written by a newer Equivolve (schema {}; this one knows up to {}); "
                          "nothing was changed: use a newer Equivolve{}",
                          version, kSchemaNumber, newest_engine(file)));
  }
  if (version < 1) {
    return tl::unexpected(damaged(file, fmt::format("its schema number is {}", version)));
  }
  return {};
}

std::uintmax_t wal_size(const std::filesystem::path& file) {
  auto wal = file;
  wal += "-wal";
  std::error_code error;
  const auto size = std::filesystem::file_size(wal, error);
  return error ? 0 : size;
}

tl::expected<void, StoreError> check_header(const std::filesystem::path& file, const Header& header,
                                            std::uintmax_t size) {
  if (std::memcmp(header.data(), kSqliteMagic.data(), kSqliteMagic.size()) != 0) {
    const bool zeros = header == Header{};
    return refuse(
        file,
        zeros ? "begins with zeros: a damaged results file or none at all; restore a copy, or give "
                "another name"
              : "is not a results file (not an SQLite database); give another name");
  }
  const std::uint32_t application = number_at(header, 68);
  if (application != kApplicationId) {
    return refuse(
        file,
        fmt::format(
            "is an SQLite database of another program (application id {:#x}); give another name",
            application));
  }
  if (auto known = check_version(file, number_at(header, 60)); !known) return known;
  // Bytes 28..31 count the pages when the change counter (24) stands beside its copy (92). With a
  // -wal the count may be ahead of the file, as a checkpoint was cut short; SQLite finishes it.
  const std::uint32_t raw = std::uint32_t{header[16]} << 8 | header[17];
  const std::uintmax_t page_size = raw == 1 ? 65536 : raw;
  const std::uintmax_t pages = number_at(header, 28);
  if (number_at(header, 24) == number_at(header, 92) && wal_size(file) == 0 &&
      pages * page_size > size) {
    return tl::unexpected(damaged(
        file, fmt::format("it is cut off: {} of {} bytes are there", size, pages * page_size)));
  }
  return {};
}

}  // namespace

tl::expected<bool, StoreError> check_file(const std::filesystem::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) {
    if (errno == ENOENT) return false;
    return refuse(file, fmt::format("cannot be reached: {}", std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode))
    return refuse(file, "is a folder, not a results file; name a file in it");
  if (!S_ISREG(status.st_mode)) return refuse(file, "is not a regular file; give another name");
  if (status.st_size == 0) {
    return refuse(file, "is empty (0 bytes): not a results file; remove it or give another name");
  }
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return refuse(file,
                  fmt::format("cannot be read: {}; check its permissions", std::strerror(errno)));
  }
  Header header{};
  const ssize_t got = pread(descriptor, header.data(), header.size(), 0);
  close(descriptor);
  if (got < static_cast<ssize_t>(header.size())) {
    return refuse(file, fmt::format("has only {} bytes: not a results file; give another name",
                                    static_cast<long long>(status.st_size)));
  }
  auto checked = check_header(file, header, static_cast<std::uintmax_t>(status.st_size));
  if (!checked) return tl::unexpected(checked.error());
  return true;
}

tl::expected<std::int64_t, StoreError> check_database(const std::filesystem::path& file,
                                                      const sql::Database& database) {
  auto version = database.integer("PRAGMA user_version");
  if (!version) return tl::unexpected(describe(file, "open", version.error()));
  if (auto known = check_version(file, *version); !known) return tl::unexpected(known.error());
  auto problems = schema_problems(database, *version);
  if (!problems) return tl::unexpected(describe(file, "open", problems.error()));
  if (!problems->empty()) return tl::unexpected(damaged(file, problems->front()));
  return *version;
}

std::optional<StoreError> older_schema(const std::filesystem::path& file, std::int64_t number) {
  if (number == kSchemaNumber) return std::nullopt;
  return StoreError{fmt::format(
      "{0}: was made by an older Equivolve (schema {1}; this one writes {2}); nothing was changed: "
      "`equivolve store migrate --store {0}` brings it up to date and keeps a copy of what it was",
      file.string(), number, kSchemaNumber)};
}

}  // namespace equivolve::engine::store
