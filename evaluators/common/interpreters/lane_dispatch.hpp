// Which instruction set programs run on. All give the same bits (tests/evaluators/lanes_test.cpp),
// so the choice is one of speed alone.
#pragma once

#include <optional>
#include <string_view>

#include "evaluators/common/interpreters/lane_code.hpp"

namespace equivolve::interpreters {

enum class LaneKind : std::uint8_t {
  kScalar,  ///< one run after the other, on Machine: the reference
  kAvx2,    ///< lanes, 4 doubles at a time
  kAvx512,  ///< lanes, 8 doubles at a time
};

std::string_view lane_kind_name(LaneKind kind);  ///< "scalar", "avx2", "avx512"
std::optional<LaneKind> lane_kind_named(std::string_view name);

/// Whether this machine can run it. [any-thread]
bool is_supported(LaneKind kind);

/// The fastest supported kind; or, when the environment variable EQUIVOLVE_LANES names a supported
/// one, that. Looked up once. [any-thread]
LaneKind preferred_lane_kind();

/// Null for kScalar. `kind` is supported.
const LaneKernel* lane_kernel(LaneKind kind);

}  // namespace equivolve::interpreters
