// The sums of direct_convolution.hpp on registers of 64 bytes where channels fill them. Compiled
// with -mavx512f and its like: call only where direct_kernels() does.
#ifndef __AVX512F__
#error "this file wants the AVX-512 options of CMakeLists.txt"
#endif
#define EQUIVOLVE_LONG_REGISTERS
#include "evaluators/common/nn/direct_convolution_kernels.hpp"

namespace equivolve::nn {

const DirectKernels kDirectAvx512 = {convolve_by_registers<float>, convolve_by_registers<double>,
                                     add_products_by_registers<float>,
                                     add_products_by_registers<double>};

}  // namespace equivolve::nn
