#include "engine/store/create.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "engine/store/errors.hpp"
#include "engine/store/fault_point.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/transaction.hpp"

namespace equivolve::engine::store {
namespace {

static_assert(kApplicationId == 1162958412 && kSchemaNumber == 1, "as in the PRAGMAs below");

sql::Result<void> fill(const std::filesystem::path& file, const std::string& vfs) {
  auto database = sql::Database::open(file, sql::Access::kCreate, vfs);
  if (!database) return tl::unexpected(database.error());
  if (auto set = database->execute("PRAGMA synchronous=FULL"); !set) return set;
  {
    auto transaction = Transaction::begin(*database);
    if (!transaction) return tl::unexpected(transaction.error());
    if (auto made = database->execute(schema_sql()); !made) return made;
    if (auto set = database->execute("PRAGMA application_id=1162958412; PRAGMA user_version=1");
        !set) {
      return set;
    }
    if (auto committed = transaction->commit(); !committed) return committed;
  }
  return database->execute("PRAGMA journal_mode=WAL");
}

void remove_files(const std::filesystem::path& temporary) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    auto name = temporary;
    name += suffix;
    unlink(name.c_str());
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

tl::expected<void, StoreError> create_store(const std::filesystem::path& file,
                                            const std::string& vfs) {
  const auto folder = std::filesystem::absolute(file).parent_path();
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return tl::unexpected(
        StoreError{fmt::format("{}: cannot create: the folder {} does not exist; make it first",
                               file.string(), folder.string())});
  }
  static std::atomic<unsigned> serial{0};
  auto temporary = file;
  temporary += fmt::format(".new-{}-{}", getpid(), serial.fetch_add(1));
  remove_files(temporary);
  if (auto filled = fill(temporary, vfs); !filled) {
    remove_files(temporary);
    return tl::unexpected(describe(file, "create", filled.error()));
  }
  EQV_FAULT_POINT("store.create.before_link");
  // link, unlike rename, never replaces a file that is there. File systems without links have to do
  // with rename.
  int linked = link(temporary.c_str(), file.c_str());
  if (linked != 0 && (errno == EPERM || errno == EOPNOTSUPP)) {
    linked = rename(temporary.c_str(), file.c_str());
  }
  const int cause = linked == 0 ? 0 : errno;
  EQV_FAULT_POINT("store.create.after_link");
  remove_files(temporary);
  if (cause != 0 && cause != EEXIST) {
    return tl::unexpected(
        StoreError{fmt::format("{}: cannot create: {}", file.string(), std::strerror(cause))});
  }
  sync_folder(folder);
  return {};
}

}  // namespace equivolve::engine::store
