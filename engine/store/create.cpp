#include "engine/store/create.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "engine/store/errors.hpp"
#include "engine/store/fault_point.hpp"
#include "engine/store/files.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/transaction.hpp"

namespace equivolve::engine::store {
namespace {

static_assert(kApplicationId == 1162958412 && kSchemaNumber == 3, "as in the PRAGMAs below");

sql::Result<void> fill(const std::filesystem::path& file, const std::string& vfs) {
  auto database = sql::Database::open(file, sql::Access::kCreate, vfs);
  if (!database) return tl::unexpected(database.error());
  if (auto set = database->execute("PRAGMA synchronous=FULL"); !set) return set;
  {
    auto transaction = Transaction::begin(*database);
    if (!transaction) return tl::unexpected(transaction.error());
    for (const sql::Sql& step : schema_steps()) {
      if (auto made = database->execute(step); !made) return made;
    }
    if (auto set = database->execute("PRAGMA application_id=1162958412; PRAGMA user_version=3");
        !set) {
      return set;
    }
    if (auto committed = transaction->commit("store.create"); !committed) return committed;
  }
  return database->execute("PRAGMA journal_mode=WAL");
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
  const TemporaryFile temporary(file);
  if (auto filled = fill(temporary.path(), vfs); !filled) {
    return tl::unexpected(describe(file, "create", filled.error()));
  }
  EQV_FAULT_POINT("store.create.before_link");
  const int cause = link_new(temporary.path(), file);
  EQV_FAULT_POINT("store.create.after_link");
  if (cause != 0 && cause != EEXIST) {
    return tl::unexpected(
        StoreError{fmt::format("{}: cannot create: {}", file.string(), std::strerror(cause))});
  }
  sync_folder_of(file);
  return {};
}

}  // namespace equivolve::engine::store
