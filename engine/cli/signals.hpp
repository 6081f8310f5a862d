// SIGINT, SIGTERM and SIGHUP ask a run to stop; a second one ends the process at once (the store is
// consistent at any moment). SIGPIPE is ignored.
#pragma once

#include <atomic>

namespace equivolve::cli {

/// Installs the handlers; the returned number becomes the signal that came first. [main-thread,
/// once]
const std::atomic<int>& watch_signals();

}  // namespace equivolve::cli
