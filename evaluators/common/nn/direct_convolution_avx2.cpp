// The sums of direct_convolution.hpp on registers of 32 bytes.
#include "evaluators/common/nn/direct_convolution_kernels.hpp"

namespace equivolve::nn {

const DirectKernels kDirectAvx2 = {convolve_by_registers<float>, convolve_by_registers<double>,
                                   add_products_by_registers<float>,
                                   add_products_by_registers<double>};

}  // namespace equivolve::nn
