#include "engine/plugins/workers/conversation.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

/// Of one that has closed its output, until it has ended.
constexpr std::chrono::seconds kAfterTalk{2};

std::string silence(std::chrono::nanoseconds patience) {
  return fmt::format("said nothing for {:g} s", std::chrono::duration<double>(patience).count());
}

}  // namespace

tl::expected<Conversation, std::string> Conversation::start(const ChildSettings& settings,
                                                            std::chrono::nanoseconds patience) {
  signal(SIGPIPE, SIG_IGN);  // one that has ended is found out by its end
  auto child = ChildProcess::start(settings);
  if (!child) return tl::unexpected(std::move(child.error()));
  return Conversation(std::move(*child), patience);
}

/// False: nothing happened in time.
bool Conversation::wait(bool to_write, Clock::time_point until) {
  std::array<pollfd, 3> all{pollfd{output_is_open_ ? child_.output() : -1, POLLIN, 0},
                            pollfd{errors_are_open_ ? child_.errors() : -1, POLLIN, 0},
                            pollfd{to_write ? child_.input() : -1, POLLOUT, 0}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  if (left <= 0) return false;
  if (poll(all.data(), all.size(), static_cast<int>(std::min<std::int64_t>(left, 1000))) < 0)
    return errno == EINTR;
  if (all[1].revents != 0) errors_are_open_ = read_from(child_.errors(), true);
  if (all[0].revents != 0) output_is_open_ = read_from(child_.output(), false);
  return true;
}

bool Conversation::read_from(int descriptor, bool is_log) {
  std::array<char, 64 * 1024> piece;
  const ssize_t count = ::read(descriptor, piece.data(), piece.size());
  if (count == 0) return false;
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  const std::string_view bytes(piece.data(), static_cast<std::size_t>(count));
  if (is_log)
    log_.add(bytes);
  else
    lines_.add(bytes);
  return true;
}

/// What became of one that has closed its output.
std::string Conversation::end_of_talk() {
  const auto end = hear_its_end(kAfterTalk);
  const std::string what = end ? end_text(*end) : "closed its output";
  const std::string last = last_line_of(log());
  return one_line(last.empty() ? what : what + ": " + last);
}

tl::expected<void, std::string> Conversation::tell(const std::string& line) {
  const std::string bytes = line + '\n';
  const auto until = Clock::now() + patience_;
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::write(child_.input(), bytes.data() + sent, bytes.size() - sent);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
      return tl::unexpected(end_of_talk());
    } else if (!wait(true, until)) {
      return tl::unexpected<std::string>("reads nothing of what it is told");
    }
  }
  return {};
}

tl::expected<std::string, std::string> Conversation::hear() {
  const auto until = Clock::now() + patience_;
  while (true) {
    if (const auto line = lines_.next()) return std::string(*line);
    if (lines_.overlong() > 0)
      return tl::unexpected<std::string>("wrote a line of more than 16 MiB");
    if (!output_is_open_) return tl::unexpected(end_of_talk());
    if (!wait(false, until)) return tl::unexpected(silence(patience_));
  }
}

tl::expected<ChildEnd, std::string> Conversation::hear_its_end(std::chrono::nanoseconds patience) {
  const auto until = Clock::now() + patience;
  while (true) {
    pollfd end{child_.end_descriptor(), POLLIN, 0};
    if (poll(&end, 1, 10) > 0) break;
    if (Clock::now() >= until)
      return tl::unexpected(fmt::format("has not ended within {:g} s",
                                        std::chrono::duration<double>(patience).count()));
    if (output_is_open_ || errors_are_open_)
      wait(false, std::min(until, Clock::now() + std::chrono::milliseconds(10)));
  }
  while (errors_are_open_ && wait(false, Clock::now() + std::chrono::milliseconds(10))) {
    pollfd more{child_.errors(), POLLIN, 0};
    if (poll(&more, 1, 0) <= 0) break;
  }
  return child_.wait();
}

}  // namespace equivolve::engine
