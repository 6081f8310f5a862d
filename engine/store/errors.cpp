#include "engine/store/errors.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>

#include "engine/store/run_lock.hpp"

namespace equivolve::engine::store {
namespace {

std::string bytes_free(const std::filesystem::path& file) {
  std::error_code error;
  const auto space = std::filesystem::space(std::filesystem::absolute(file).parent_path(), error);
  return error ? "unknown bytes free" : fmt::format("{} bytes free", space.available);
}

bool is_full(const sql::Failure& failure) {
  return failure.primary() == SQLITE_FULL ||
         (failure.primary() == SQLITE_IOERR &&
          (failure.system_error == ENOSPC || failure.system_error == EDQUOT));
}

std::string listed(const std::vector<std::pair<RunId, LockHolder>>& runs) {
  std::string text;
  for (const auto& [run, holder] : runs) {
    text += fmt::format("{}run {} (host {}, pid {})", text.empty() ? "" : ", ", run, holder.host,
                        holder.pid);
  }
  return text;
}

}  // namespace

StoreError describe(const std::filesystem::path& file, std::string_view doing,
                    const sql::Failure& failure) {
  const std::string path = file.string();
  if (is_full(failure)) {
    return {fmt::format(
        "{}: cannot {}: no space left ({}); nothing committed is lost: make room, then resume",
        path, doing, bytes_free(file))};
  }
  switch (failure.primary()) {
    case SQLITE_IOERR: {
      const std::string cause =
          failure.system_error == 0 ? "" : fmt::format(", {}", std::strerror(failure.system_error));
      return {fmt::format(
          "{}: cannot {}: input/output error {}{} ({}); nothing committed is lost: check the disk, "
          "then resume",
          path, doing, failure.code, cause, bytes_free(file))};
    }
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {fmt::format(
          "{}: cannot {}: the file stayed locked by {}; end or wait for that program, then resume",
          path, doing, likely_locker(file))};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {
          fmt::format("{}: cannot {}: the file or its folder does not allow it ({}); check the "
                      "permissions of both",
                      path, doing, failure.text)};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return damaged(file, failure.text);
    default:
      return {fmt::format("{}: cannot {}: {} ({})", path, doing, failure.text, failure.code)};
  }
}

StoreError damaged(const std::filesystem::path& file, const std::string& what) {
  return {
      fmt::format("{0}: the results file is damaged: {1}; "
                  "`equivolve store salvage {0} --out NEW.db` saves what can still be read",
                  file.string(), what)};
}

std::string live_holders(const std::filesystem::path& file) {
  return listed(live_runs(file));
}

std::string likely_locker(const std::filesystem::path& file) {
  auto others = live_runs(file);
  std::erase_if(others, [](const auto& run) { return is_this_process(run.second); });
  return others.empty() ? "another program" : "another program, perhaps " + listed(others);
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     milliseconds % 1000);
}

}  // namespace equivolve::engine::store
