// Built only where oneTBB is (EQUIVOLVE_TBB).
#pragma once

#include <memory>

#include "engine/run/executor.hpp"

namespace equivolve::engine {

std::unique_ptr<Executor> make_tbb_executor(unsigned width);

}  // namespace equivolve::engine
