// The lane kernels with 8 doubles at a time. Compiled with -mavx512f and its like: call only where
// lane_dispatch.hpp says so.
#include "evaluators/common/interpreters/lane_rows.hpp"

#ifndef __AVX512F__
#error "this file wants the AVX-512 options of CMakeLists.txt"
#endif

namespace equivolve::interpreters {

const LaneKernel kLanesAvx512 = {execute, run, add_squared_errors};

}  // namespace equivolve::interpreters
