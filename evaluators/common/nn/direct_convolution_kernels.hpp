// The sums of direct_convolution.hpp. Included by direct_convolution_avx2.cpp and
// direct_convolution_avx512.cpp alone, each compiled for its instruction set: everything here is of
// the file that includes it. The second defines EQUIVOLVE_LONG_REGISTERS. Both add up in the same
// order, with the same fused steps, and so give the same bits.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "evaluators/common/nn/direct_convolution.hpp"

namespace equivolve::nn {
namespace {

inline __m256 splat(float x, __m256) {
  return _mm256_set1_ps(x);
}
inline __m256d splat(double x, __m256d) {
  return _mm256_set1_pd(x);
}
inline __m256 fused(__m256 a, __m256 b, __m256 c) {
  return _mm256_fmadd_ps(a, b, c);
}
inline __m256d fused(__m256d a, __m256d b, __m256d c) {
  return _mm256_fmadd_pd(a, b, c);
}
#ifdef EQUIVOLVE_LONG_REGISTERS
inline __m512 splat(float x, __m512) {
  return _mm512_set1_ps(x);
}
inline __m512d splat(double x, __m512d) {
  return _mm512_set1_pd(x);
}
inline __m512 fused(__m512 a, __m512 b, __m512 c) {
  return _mm512_fmadd_ps(a, b, c);
}
inline __m512d fused(__m512d a, __m512d b, __m512d c) {
  return _mm512_fmadd_pd(a, b, c);
}
/// Of thirty-two registers; and half a row of a 28 x 28 image at once.
constexpr std::size_t kSums = 14;
#else
/// Of sixteen registers, two to four are left for what is multiplied.
constexpr std::size_t kSums = 12;
#endif

template <class Scalar>
struct Short;
template <>
struct Short<float> {
  using Register = __m256;
};
template <>
struct Short<double> {
  using Register = __m256d;
};
template <class Scalar>
struct Long : Short<Scalar> {};
#ifdef EQUIVOLVE_LONG_REGISTERS
template <>
struct Long<float> {
  using Register = __m512;
};
template <>
struct Long<double> {
  using Register = __m512d;
};
#endif

/// Numbers of one row of a window, which lie together.
inline std::size_t run_of(const DirectConvolution& shape) {
  return shape.window * shape.channels;
}

/// function(std::integral_constant) of the same value.
template <std::size_t most, class Function>
void with_constant(std::size_t value, Function function) {
  if constexpr (most > 0) {
    if (value == most) return function(std::integral_constant<std::size_t, most>{});
    with_constant<most - 1>(value, function);
  }
}

/// `count` cut into as few pieces as pieces of at most `most` allow, of even sizes: body(first,
/// size as a constant).
template <std::size_t most, class Body>
void in_pieces(std::size_t count, Body body) {
  for (std::size_t first = 0, pieces = (count + most - 1) / most; pieces > 0; --pieces) {
    const std::size_t size = (count - first + pieces - 1) / pieces;
    with_constant<most>(size, [&](auto constant) { body(first, constant); });
    first += size;
  }
}

/// Sums of one kind of register.
template <class Scalar, class Kind>
struct Sums {
  using Register = typename Kind::Register;
  static constexpr std::size_t kLanes = sizeof(Register) / sizeof(Scalar);

  static Register load(const Scalar* from) {
    Register to;
    __builtin_memcpy(&to, from, sizeof to);
    return to;
  }
  static void store(Scalar* to, Register from) { __builtin_memcpy(to, &from, sizeof from); }

  /// One number times the registers at `others`, added to `sums`.
  template <std::size_t registers>
  static void add_product_of(Scalar number, const Register (&others)[registers],
                             Register (&sums)[registers]) {
    const auto all = splat(number, Register{});
    for (std::size_t v = 0; v < registers; ++v) sums[v] = fused(all, others[v], sums[v]);
  }

  template <std::size_t registers>
  static void load_all(const Scalar* from, Register (&to)[registers]) {
    for (std::size_t v = 0; v < registers; ++v) to[v] = load(from + v * kLanes);
  }

  /// `pixels` neighbours of one row by `registers` of units.
  template <std::size_t pixels, std::size_t registers>
  static void convolve_pixels(const DirectConvolution& shape, const Scalar* framed,
                              const Scalar* weights, const Scalar* bias, Scalar* y) {
    Register sums[pixels][registers], w[registers];
    for (auto& of_pixel : sums)
      for (std::size_t v = 0; v < registers; ++v)
        of_pixel[v] = bias ? load(bias + v * kLanes) : splat(Scalar{0}, Register{});
    for (std::size_t row = 0; row < shape.window; ++row, framed += shape.frame_row)
      for (std::size_t k = 0; k < run_of(shape); ++k, weights += shape.units) {
        load_all(weights, w);
        for (std::size_t p = 0; p < pixels; ++p)
          add_product_of(framed[p * shape.channels + k], w, sums[p]);
      }
    for (std::size_t p = 0; p < pixels; ++p)
      for (std::size_t v = 0; v < registers; ++v)
        store(y + p * shape.units + v * kLanes, sums[p][v]);
  }

  template <std::size_t registers>
  static void convolve_units(const DirectConvolution& shape, const Scalar* framed,
                             const Scalar* weights, const Scalar* bias, Scalar* y) {
    // Each pixel wants a pointer of its own, in one of fifteen registers.
    constexpr std::size_t kPointers = 7, kMost = std::min(kPointers, kSums / registers);
    for (std::size_t row = 0; row < shape.height; ++row)
      in_pieces<kMost>(shape.width, [&](std::size_t first, auto pixels) {
        convolve_pixels<decltype(pixels)::value, registers>(
            shape, framed + row * shape.frame_row + first * shape.channels, weights, bias,
            y + (row * shape.width + first) * shape.units);
      });
  }

  /// `rows` of the window by `numbers` of each by `registers` of units, summed over all pixels.
  template <std::size_t rows, std::size_t numbers, std::size_t registers>
  static void add_products(const DirectConvolution& shape, const Scalar* framed, const Scalar* dy,
                           Scalar* gradient) {
    Register sums[rows * numbers][registers], d[registers];
    for (auto& of_number : sums)
      for (auto& sum : of_number) sum = splat(Scalar{0}, Register{});
    for (std::size_t y = 0; y < shape.height; ++y, framed += shape.frame_row) {
      const Scalar* window = framed;
      for (std::size_t x = 0; x < shape.width; ++x, window += shape.channels, dy += shape.units) {
        load_all(dy, d);
        for (std::size_t r = 0; r < rows; ++r)
          for (std::size_t k = 0; k < numbers; ++k)
            add_product_of(window[r * shape.frame_row + k], d, sums[r * numbers + k]);
      }
    }
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t k = 0; k < numbers; ++k)
        for (std::size_t v = 0; v < registers; ++v) {
          Scalar* place = gradient + (r * run_of(shape) + k) * shape.units + v * kLanes;
          store(place, load(place) + sums[r * numbers + k][v]);
        }
  }

  template <std::size_t registers>
  static void add_products_of_units(const DirectConvolution& shape, const Scalar* framed,
                                    const Scalar* dy, Scalar* gradient) {
    // Rows of three numbers alone would be three sums, which wait for one another.
    if constexpr (9 * registers <= kSums)
      if (shape.window == 3 && shape.channels == 1)
        return add_products<3, 3, registers>(shape, framed, dy, gradient);
    for (std::size_t row = 0; row < shape.window; ++row)
      in_pieces<kSums / registers>(run_of(shape), [&](std::size_t first, auto numbers) {
        add_products<1, decltype(numbers)::value, registers>(
            shape, framed + row * shape.frame_row + first, dy,
            gradient + (row * run_of(shape) + first) * shape.units);
      });
  }

  /// body(first unit, registers as a constant): two at a time, and a last one.
  template <class Body>
  static void for_each_units(std::size_t units, Body body) {
    in_pieces<2>(units / kLanes,
                 [&](std::size_t first, auto registers) { body(first * kLanes, registers); });
  }

  static void convolve(const DirectConvolution& shape, const Scalar* framed, const Scalar* weights,
                       const Scalar* bias, Scalar* y) {
    for_each_units(shape.units, [&](std::size_t first, auto registers) {
      convolve_units<decltype(registers)::value>(shape, framed, weights + first,
                                                 bias ? bias + first : nullptr, y + first);
    });
  }

  static void add_window_products(const DirectConvolution& shape, const Scalar* framed,
                                  const Scalar* dy, Scalar* gradient) {
    for_each_units(shape.units, [&](std::size_t first, auto registers) {
      add_products_of_units<decltype(registers)::value>(shape, framed, dy + first,
                                                        gradient + first);
    });
  }
};

template <class Scalar>
void convolve_by_registers(const DirectConvolution& shape, const Scalar* framed,
                           const Scalar* weights, const Scalar* bias, Scalar* y) {
  if (shape.units % Sums<Scalar, Long<Scalar>>::kLanes == 0)
    return Sums<Scalar, Long<Scalar>>::convolve(shape, framed, weights, bias, y);
  Sums<Scalar, Short<Scalar>>::convolve(shape, framed, weights, bias, y);
}

template <class Scalar>
void add_products_by_registers(const DirectConvolution& shape, const Scalar* framed,
                               const Scalar* dy, Scalar* gradient) {
  if (shape.units % Sums<Scalar, Long<Scalar>>::kLanes == 0)
    return Sums<Scalar, Long<Scalar>>::add_window_products(shape, framed, dy, gradient);
  Sums<Scalar, Short<Scalar>>::add_window_products(shape, framed, dy, gradient);
}

}  // namespace
}  // namespace equivolve::nn
