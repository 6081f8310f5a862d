// Registers of 64 bytes give the bits of those of 32.
#include "evaluators/common/nn/direct_convolution.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

template <class Scalar>
void expect_equal_bits(const DirectConvolution& shape) {
  const DirectKernels* narrow = direct_kernels(Registers::k32Bytes);
  const DirectKernels* wide = direct_kernels(Registers::k64Bytes);
  const auto framed = test::random_numbers<Scalar>(
                 (shape.height + shape.window - 1) * shape.frame_row, 1),
             weights = test::random_numbers<Scalar>(
                 shape.window * shape.window * shape.channels * shape.units, 2),
             bias = test::random_numbers<Scalar>(shape.units, 3),
             dy = test::random_numbers<Scalar>(shape.height * shape.width * shape.units, 4);
  std::vector<Scalar> y_narrow(dy.size()), y_wide(dy.size());
  narrow->convolve<Scalar>()(shape, framed.data(), weights.data(), bias.data(), y_narrow.data());
  wide->convolve<Scalar>()(shape, framed.data(), weights.data(), bias.data(), y_wide.data());
  EXPECT_EQ(y_narrow, y_wide);
  std::vector<Scalar> narrow_sums = weights, wide_sums = weights;
  narrow->add_window_products<Scalar>()(shape, framed.data(), dy.data(), narrow_sums.data());
  wide->add_window_products<Scalar>()(shape, framed.data(), dy.data(), wide_sums.data());
  EXPECT_EQ(narrow_sums, wide_sums);
}

TEST(DirectConvolution, LongAndShortRegistersGiveTheSameBits) {
  if (!direct_kernels(Registers::k64Bytes)) GTEST_SKIP() << "the processor has no AVX-512";
  for (const std::size_t units : {8, 16, 24, 32, 48})
    for (const std::size_t channels : {1, 3, 8})
      for (const std::size_t width : {1, 6, 7, 17}) {
        const DirectConvolution shape{3, channels, (width + 2) * channels, 4, width, units};
        expect_equal_bits<float>(shape);
        expect_equal_bits<double>(shape);
      }
}

}  // namespace
}  // namespace equivolve::nn
