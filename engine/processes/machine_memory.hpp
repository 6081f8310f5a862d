// How much memory there is to be shared out.
#pragma once

#include <cstdint>

namespace equivolve::engine {

/// Bytes: the machine's, or what its control groups (cgroup v2: a container, a batch job) leave
/// this process, whichever is less. 0: not known.
std::uint64_t machine_memory();

}  // namespace equivolve::engine
