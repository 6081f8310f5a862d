// SIGINT, SIGTERM and SIGHUP ask a run to stop; a second one ends the process at once (the store is
// consistent at any moment). Writes to a closed pipe, or beyond a size limit, fail as others do.
#pragma once

#include <atomic>

namespace equivolve::cli {

/// SIGPIPE and SIGXFSZ no longer end the process. [main-thread, once]
void ignore_signals_of_writes();

/// Installs the handlers; the returned number becomes the signal that came first. [main-thread,
/// once]
const std::atomic<int>& watch_signals();

}  // namespace equivolve::cli
