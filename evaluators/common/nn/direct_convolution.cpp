#include "evaluators/common/nn/direct_convolution.hpp"

namespace equivolve::nn {

const DirectKernels* direct_kernels(Registers registers) {
  if (registers == Registers::k32Bytes) return &kDirectAvx2;
  // Those that CMakeLists.txt compiles direct_convolution_avx512.cpp for.
  const bool supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
  return supported ? &kDirectAvx512 : nullptr;
}

const DirectKernels& direct_kernels() {
  static const DirectKernels* const kernels = [] {
    const DirectKernels* wide = direct_kernels(Registers::k64Bytes);
    return wide ? wide : direct_kernels(Registers::k32Bytes);
  }();
  return *kernels;
}

}  // namespace equivolve::nn
