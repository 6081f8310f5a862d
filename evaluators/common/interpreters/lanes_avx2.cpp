// The lane kernels with 4 doubles at a time: every machine the program runs on.
#include "evaluators/common/interpreters/lane_rows.hpp"

namespace equivolve::interpreters {

const LaneKernel kLanesAvx2 = {execute, run, add_squared_errors};

}  // namespace equivolve::interpreters
