// Convolutions of stride 1 straight from a framed image, without the columns of im2col: sums of a
// few pixels by a few registers of channels stay in registers while a window is walked over
// (Georganas et al. 2018, "Anatomy of high-performance deep learning convolutions on SIMD
// architectures", section II). Measured (3 x 3, float): 1.4 to 1.9 times as fast as products of the
// same sizes from 8 to 32 channels, even at 128.
#pragma once

#include <cstddef>
#include <type_traits>

namespace equivolve::nn {

/// Sizes in numbers but for the window's. Within images channels vary fastest, then columns.
struct DirectConvolution {
  std::size_t window;         ///< its side
  std::size_t channels;       ///< of the framed image
  std::size_t frame_row;      ///< numbers of one row of the framed image
  std::size_t height, width;  ///< of the result, in pixels
  std::size_t units;          ///< channels of the result; whole registers of them
};

/// Whether so many channels of a result are a whole number of registers.
template <class Scalar>
bool fills_registers(std::size_t units) {
  constexpr std::size_t kRegisterBytes = 32;
  return units % (kRegisterBytes / sizeof(Scalar)) == 0;
}

/// y[pixel][unit] = bias[unit] + the window's products at that pixel. `weights`: columns x units,
/// row-major; a null `bias` is one of zeros.
template <class Scalar>
using Convolve = void (*)(const DirectConvolution& shape, const Scalar* framed,
                          const Scalar* weights, const Scalar* bias, Scalar* y);

/// Adds to `gradient` (columns x units, row-major) the sum over pixels of framed window times dy.
template <class Scalar>
using AddWindowProducts = void (*)(const DirectConvolution& shape, const Scalar* framed,
                                   const Scalar* dy, Scalar* gradient);

/// For one instruction set. [any-thread]
struct DirectKernels {
  Convolve<float> convolve_floats;
  Convolve<double> convolve_doubles;
  AddWindowProducts<float> add_products_of_floats;
  AddWindowProducts<double> add_products_of_doubles;

  template <class Scalar>
  Convolve<Scalar> convolve() const {
    if constexpr (std::is_same_v<Scalar, float>)
      return convolve_floats;
    else
      return convolve_doubles;
  }
  template <class Scalar>
  AddWindowProducts<Scalar> add_window_products() const {
    if constexpr (std::is_same_v<Scalar, float>)
      return add_products_of_floats;
    else
      return add_products_of_doubles;
  }
};

extern const DirectKernels kDirectAvx2, kDirectAvx512;

enum class Registers { k32Bytes, k64Bytes };

/// Null where the processor has none of that length. Both give the same bits.
const DirectKernels* direct_kernels(Registers registers);
/// The fastest.
const DirectKernels& direct_kernels();

}  // namespace equivolve::nn
