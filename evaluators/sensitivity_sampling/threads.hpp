// Work of apply on several threads: the host grants threads to trials alone.
#pragma once

#include "evaluators/common/row_sampling/sensitivities.hpp"

namespace equivolve::sensitivity_sampling {

/// body(i) for 0 <= i < n on `threads` threads (0: as many as the machine has). The first exception
/// of a body is thrown when all threads have ended. Not from inside a body.
row_sampling::ParallelFor on_threads(unsigned threads);

}  // namespace equivolve::sensitivity_sampling
