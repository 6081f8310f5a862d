#include "evaluators/common/interpreters/lane_dispatch.hpp"

#include <array>
#include <cstdlib>

namespace equivolve::interpreters {
namespace {

constexpr std::array<LaneKind, 3> kFastestFirst = {LaneKind::kAvx512, LaneKind::kAvx2,
                                                   LaneKind::kScalar};

LaneKind choose() {
  if (const char* wanted = std::getenv("EQUIVOLVE_LANES")) {
    const auto kind = lane_kind_named(wanted);
    if (kind && is_supported(*kind)) return *kind;
  }
  for (LaneKind kind : kFastestFirst)
    if (is_supported(kind)) return kind;
  return LaneKind::kScalar;
}

}  // namespace

std::string_view lane_kind_name(LaneKind kind) {
  switch (kind) {
    case LaneKind::kScalar:
      return "scalar";
    case LaneKind::kAvx2:
      return "avx2";
    case LaneKind::kAvx512:
      return "avx512";
  }
  return "";
}

std::optional<LaneKind> lane_kind_named(std::string_view name) {
  for (LaneKind kind : kFastestFirst)
    if (name == lane_kind_name(kind)) return kind;
  return std::nullopt;
}

bool is_supported(LaneKind kind) {
  switch (kind) {
    case LaneKind::kScalar:
      return true;
    case LaneKind::kAvx2:
      return __builtin_cpu_supports("avx2");
    case LaneKind::kAvx512:
      // Those that CMakeLists.txt compiles lanes_avx512.cpp for.
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  }
  return false;
}

LaneKind preferred_lane_kind() {
  static const LaneKind kind = choose();
  return kind;
}

const LaneKernel* lane_kernel(LaneKind kind) {
  switch (kind) {
    case LaneKind::kAvx2:
      return &kLanesAvx2;
    case LaneKind::kAvx512:
      return &kLanesAvx512;
    case LaneKind::kScalar:
      break;
  }
  return nullptr;
}

}  // namespace equivolve::interpreters
