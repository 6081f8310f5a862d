// Runs independent jobs on an executor and waits for all of them.
#pragma once

#include <cstddef>
#include <functional>

#include "engine/run/executor.hpp"

namespace equivolve::engine {

/// body(i) for 0 <= i < count, in any order, at most the executor's width at once. body must not
/// throw.
void run_batch(Executor& executor, std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace equivolve::engine
