#include "evaluators/common/nn/direct_convolution.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <type_traits>
#include <utility>

namespace equivolve::nn {
namespace {

using Eigen::internal::ploadu;
using Eigen::internal::pmadd;
using Eigen::internal::pset1;
using Eigen::internal::pstoreu;

/// 32 bytes, on machines with longer registers too: few layers have more channels than that.
template <class Scalar>
struct RegisterOf;
template <>
struct RegisterOf<float> {
  using Type = Eigen::internal::Packet8f;
};
template <>
struct RegisterOf<double> {
  using Type = Eigen::internal::Packet4d;
};
template <class Scalar>
using Register = typename RegisterOf<Scalar>::Type;
template <class Scalar>
constexpr std::size_t kLanes = Eigen::internal::unpacket_traits<Register<Scalar>>::size;

/// Of sixteen registers, two to four are left for what is multiplied.
constexpr std::size_t kSums = 12;

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

/// One number times the registers at `others`, added to `sums`.
template <class Scalar, std::size_t registers>
inline void add_product_of(Scalar number, const Register<Scalar> (&others)[registers],
                           Register<Scalar> (&sums)[registers]) {
  const auto all = pset1<Register<Scalar>>(number);
  for (std::size_t v = 0; v < registers; ++v) sums[v] = pmadd(all, others[v], sums[v]);
}

template <std::size_t registers, class Scalar>
inline void load(const Scalar* from, Register<Scalar> (&to)[registers]) {
  for (std::size_t v = 0; v < registers; ++v)
    to[v] = ploadu<Register<Scalar>>(from + v * kLanes<Scalar>);
}

/// `pixels` neighbours of one row by `registers` of units.
template <std::size_t pixels, std::size_t registers, class Scalar>
void convolve_pixels(const DirectConvolution& shape, const Scalar* framed, const Scalar* weights,
                     const Scalar* bias, Scalar* y) {
  Register<Scalar> sums[pixels][registers], w[registers];
  for (auto& of_pixel : sums)
    for (std::size_t v = 0; v < registers; ++v)
      of_pixel[v] = bias ? ploadu<Register<Scalar>>(bias + v * kLanes<Scalar>)
                         : pset1<Register<Scalar>>(Scalar{0});
  for (std::size_t row = 0; row < shape.window; ++row, framed += shape.frame_row)
    for (std::size_t k = 0; k < shape.run(); ++k, weights += shape.units) {
      load(weights, w);
      for (std::size_t p = 0; p < pixels; ++p)
        add_product_of<Scalar>(framed[p * shape.channels + k], w, sums[p]);
    }
  for (std::size_t p = 0; p < pixels; ++p)
    for (std::size_t v = 0; v < registers; ++v)
      pstoreu(y + p * shape.units + v * kLanes<Scalar>, sums[p][v]);
}

template <std::size_t registers, class Scalar>
void convolve_units(const DirectConvolution& shape, const Scalar* framed, const Scalar* weights,
                    const Scalar* bias, Scalar* y) {
  for (std::size_t row = 0; row < shape.height; ++row)
    in_pieces<kSums / registers>(shape.width, [&](std::size_t first, auto pixels) {
      convolve_pixels<decltype(pixels)::value, registers>(
          shape, framed + row * shape.frame_row + first * shape.channels, weights, bias,
          y + (row * shape.width + first) * shape.units);
    });
}

/// `rows` of the window by `numbers` of each by `registers` of units, summed over all pixels.
template <std::size_t rows, std::size_t numbers, std::size_t registers, class Scalar>
void add_products(const DirectConvolution& shape, const Scalar* framed, const Scalar* dy,
                  Scalar* gradient) {
  Register<Scalar> sums[rows * numbers][registers], d[registers];
  for (auto& of_number : sums)
    for (auto& sum : of_number) sum = pset1<Register<Scalar>>(Scalar{0});
  for (std::size_t y = 0; y < shape.height; ++y, framed += shape.frame_row) {
    const Scalar* window = framed;
    for (std::size_t x = 0; x < shape.width; ++x, window += shape.channels, dy += shape.units) {
      load(dy, d);
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t k = 0; k < numbers; ++k)
          add_product_of<Scalar>(window[r * shape.frame_row + k], d, sums[r * numbers + k]);
    }
  }
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < numbers; ++k)
      for (std::size_t v = 0; v < registers; ++v) {
        Scalar* place = gradient + (r * shape.run() + k) * shape.units + v * kLanes<Scalar>;
        pstoreu(place,
                Eigen::internal::padd(ploadu<Register<Scalar>>(place), sums[r * numbers + k][v]));
      }
}

template <std::size_t registers, class Scalar>
void add_products_of_units(const DirectConvolution& shape, const Scalar* framed, const Scalar* dy,
                           Scalar* gradient) {
  // Rows of three numbers alone would be three sums, which wait for one another.
  if (shape.window == 3 && shape.channels == 1)
    return add_products<3, 3, registers>(shape, framed, dy, gradient);
  for (std::size_t row = 0; row < shape.window; ++row)
    in_pieces<kSums / registers>(shape.run(), [&](std::size_t first, auto numbers) {
      add_products<1, decltype(numbers)::value, registers>(
          shape, framed + row * shape.frame_row + first, dy,
          gradient + (row * shape.run() + first) * shape.units);
    });
}

/// body(first unit, registers as a constant): two at a time, and a last one.
template <class Scalar, class Body>
void for_each_units(std::size_t units, Body body) {
  in_pieces<2>(units / kLanes<Scalar>,
               [&](std::size_t first, auto registers) { body(first * kLanes<Scalar>, registers); });
}

}  // namespace

template <class Scalar>
void convolve(const DirectConvolution& shape, const Scalar* framed, const Scalar* weights,
              const Scalar* bias, Scalar* y) {
  for_each_units<Scalar>(shape.units, [&](std::size_t first, auto registers) {
    convolve_units<decltype(registers)::value>(shape, framed, weights + first,
                                               bias ? bias + first : nullptr, y + first);
  });
}

template <class Scalar>
void add_window_products(const DirectConvolution& shape, const Scalar* framed, const Scalar* dy,
                         Scalar* gradient) {
  for_each_units<Scalar>(shape.units, [&](std::size_t first, auto registers) {
    add_products_of_units<decltype(registers)::value>(shape, framed, dy + first, gradient + first);
  });
}

template void convolve(const DirectConvolution&, const float*, const float*, const float*, float*);
template void convolve(const DirectConvolution&, const double*, const double*, const double*,
                       double*);
template void add_window_products(const DirectConvolution&, const float*, const float*, float*);
template void add_window_products(const DirectConvolution&, const double*, const double*, double*);

}  // namespace equivolve::nn
