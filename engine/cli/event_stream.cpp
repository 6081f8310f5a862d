#include "engine/cli/event_stream.hpp"

#include <unistd.h>

#include <cerrno>
#include <cmath>

#include <fmt/format.h>

#include "engine/cli/support.hpp"

namespace equivolve::cli {

void EventStream::run_started(engine::RunId run) {
  write(fmt::format("{{\"event\":\"run\",\"run\":{}}}\n", run));
}

void EventStream::committed(const std::vector<engine::OutcomeRow>& outcomes) {
  std::string lines;
  for (const engine::OutcomeRow& o : outcomes) {
    const bool valued = !o.told.empty() && std::isfinite(o.told.front());
    lines += fmt::format(
        R"({{"event":"outcome","ticket":{},"birth":{},"hit":{},"status":"{}","fitness":{},"genome":"{:016x}"}})",
        o.ticket, o.birth, o.hit, status_name(o.status),
        valued ? fmt::format("{}", o.told.front()) : "null", o.genome_checksum);
    lines += '\n';
  }
  write(lines);
}

void EventStream::write(const std::string& lines) {
  std::size_t at = 0;
  while (!closed_ && at < lines.size()) {
    const ssize_t n = ::write(descriptor_, lines.data() + at, lines.size() - at);
    if (n > 0) at += static_cast<std::size_t>(n);
    if (n < 0 && errno != EINTR) closed_ = true;  // nobody listens any more: the run goes on
  }
}

}  // namespace equivolve::cli
