// An executor that runs tasks one at a time in an order drawn from a seed: replies come slow, fast
// and swapped, without sleeping.
#pragma once

#include <memory>

#include "engine/run/executor.hpp"

namespace equivolve::engine::test {

std::unique_ptr<Executor> make_shuffling_executor(std::uint64_t seed);

}  // namespace equivolve::engine::test
