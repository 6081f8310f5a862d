// What lanes do one at a time, by the very functions that the scalar interpreter calls: the C
// library's, and random draws. So a lane and a scalar run agree bit for bit whatever the C library
// is. Compiled once, for the portable instruction set.
#pragma once

#include "evaluators/common/interpreters/lane_code.hpp"

namespace equivolve::interpreters {

/// out[l] = f(in[l]) for 0 <= l < n, f the C library's function that `op` names.
void call_libm(std::uint8_t op, double* out, const double* in, std::uint32_t n);

/// Every element of a random instruction's `out`: draw e of each lane's own stream.
void call_draws(const LaneStep& step, const LaneBlock& block);

}  // namespace equivolve::interpreters
