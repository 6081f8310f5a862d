#include "engine/plugins/workers/question_logs.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/plugins/kept_log.hpp"

namespace equivolve::engine {
namespace {

constexpr char kMark = '\x1e';
constexpr std::size_t kMostDigits = 20;  // of 64 bits

}  // namespace

std::string log_mark(std::uint64_t question) {
  return kMark + std::to_string(question) + '\n';
}

void QuestionLogs::begin(std::uint64_t question) {
  turn_ = question;
  logs_.erase(logs_.begin(), logs_.lower_bound(question));
  writing_ = std::max(writing_, question);
}

void QuestionLogs::add(std::string_view bytes, std::uint64_t last) {
  while (!bytes.empty()) {
    if (held_.empty()) {
      const std::size_t mark = std::min(bytes.find(kMark), bytes.size());
      add_text(bytes.substr(0, mark));
      bytes.remove_prefix(mark);
      if (bytes.empty()) return;
      held_ = kMark;
      bytes.remove_prefix(1);
      continue;
    }
    const char next = bytes.front();
    const bool is_digit = next >= '0' && next <= '9';
    if (is_digit && held_.size() <= kMostDigits) {
      held_ += next;
      bytes.remove_prefix(1);
    } else if (next == '\n' && take_mark(last)) {
      bytes.remove_prefix(1);
    } else {
      add_text(std::exchange(held_, ""));
    }
  }
}

bool QuestionLogs::take_mark(std::uint64_t last) {
  std::uint64_t id = 0;
  const char* end = held_.data() + held_.size();
  const auto [stop, error] = std::from_chars(held_.data() + 1, end, id);
  const bool is_one =
      error == std::errc() && stop == end && id >= writing_ && id > marked_ && id <= last;
  if (!is_one) return false;
  held_.clear();
  writing_ = marked_ = id;
  logs_[id] = LogTail();
  return true;
}

void QuestionLogs::add_text(std::string_view bytes) {
  if (!bytes.empty()) logs_[writing_].add(bytes);
}

std::string QuestionLogs::text() const {
  const auto log = logs_.find(turn_);
  std::string kept = log == logs_.end() ? "" : kept_log(log->second.text(), log->second.dropped());
  return writing_ == turn_ ? kept + held_ : kept;
}

}  // namespace equivolve::engine
