#include "engine/store/busy_wait.hpp"

#include <algorithm>
#include <thread>

#include "engine/store/errors.hpp"

namespace equivolve::engine::store {

BusyWait::BusyWait(std::filesystem::path file, std::chrono::milliseconds limit,
                   std::function<void(std::string)> message)
    : file_(std::move(file)), limit_(limit), message_(std::move(message)) {}

void BusyWait::install(const sql::Database& database) {
  database.set_busy_handler(&BusyWait::called, this);
}

int BusyWait::called(void* self, int attempt) {
  return static_cast<BusyWait*>(self)->wait_once(attempt) ? 1 : 0;
}

bool BusyWait::wait_once(int attempt) {
  const auto now = std::chrono::steady_clock::now();
  if (attempt == 0) {
    begin_ = now;
    told_ = false;
  }
  const auto waited = now - begin_;
  if (waited >= limit_) return false;
  if (!told_ && waited >= limit_ / 5) {
    told_ = true;
    if (message_) message_(file_.string() + ": locked by " + likely_locker(file_) + "; waiting");
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(std::min(1 + attempt, 20)));
  return true;
}

}  // namespace equivolve::engine::store
