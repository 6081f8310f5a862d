// The process groups of the engine's children, so that an end of the engine that runs no
// destructors (a second Ctrl-C) can still take them along.
#pragma once

#include <sys/types.h>

namespace equivolve::engine {

/// From its start to its end; more than 4,096 at once are not remembered. [any-thread]
void remember_group(pid_t group);
void forget_group(pid_t group);

/// SIGKILL to all that are remembered. Async-signal-safe.
void kill_remembered_groups();

}  // namespace equivolve::engine
