// How long a connection waits for another program's lock, and when it says so.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// A busy handler of SQLite with a message after a fifth of the limit (2 s of 10 s). Must outlive
/// the connection it is installed in, and stay where it is.
class BusyWait {
 public:
  BusyWait(std::filesystem::path file, std::chrono::milliseconds limit,
           std::function<void(std::string)> message);
  void install(const sql::Database& database);

 private:
  static int called(void* self, int attempt);
  bool wait_once(int attempt);

  std::filesystem::path file_;
  std::chrono::milliseconds limit_;
  std::function<void(std::string)> message_;
  std::chrono::steady_clock::time_point begin_;
  bool told_ = false;
};

}  // namespace equivolve::engine::store
