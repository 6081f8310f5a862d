// SIGINT, SIGTERM and SIGHUP ask a run to stop; a second one ends the process, and its children, at
// once (the store is consistent at any moment). Writes to a closed pipe, or beyond a size limit,
// fail as others do.
#pragma once

#include <atomic>

namespace equivolve::cli {

/// SIGPIPE and SIGXFSZ no longer end the process. [main-thread, once]
void ignore_signals_of_writes();

/// What a parent may have ignored, so that the ends of children are seen. [main-thread, once]
void see_children_end();

/// Those of 0, 1 and 2 that are closed become /dev/null: no file, pipe or store gets such a number.
/// [main-thread, first of all]
void open_standard_files();

/// Installs the handlers; the returned number becomes the signal that came first. [main-thread,
/// once]
const std::atomic<int>& watch_signals();

}  // namespace equivolve::cli
