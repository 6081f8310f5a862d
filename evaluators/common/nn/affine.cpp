#include "evaluators/common/nn/affine.hpp"

#include <algorithm>

#include "evaluators/common/nn/channel_sums.hpp"
#include "evaluators/common/nn/elementwise.hpp"

namespace equivolve::nn {

// Vectors that lie one after the other are the columns of a column-major matrix; row-major weights
// are, read column-major, their transpose. So each of the three is one product, of which nothing
// has to be transposed first.

template <class Scalar>
void affine_forward(const Affine<const Scalar>& map, std::size_t positions, const Scalar* x,
                    Scalar* y, Packing<Scalar>& packing) {
  if (map.bias)
    fill_columns(map.bias, map.units, positions, y);
  else
    std::fill_n(y, map.units * positions, Scalar{0});
  add_product<Scalar>(map.units, positions, map.columns, {map.weights, Order::kRowMajor},
                      {x, Order::kColumnMajor}, y, packing);
}

template <class Scalar>
void add_affine_gradient(const Affine<Scalar>& gradient, std::size_t positions, const Scalar* x,
                         const Scalar* dy, Packing<Scalar>& packing, Scalar* scratch) {
  add_product<Scalar>(gradient.columns, gradient.units, positions, {x, Order::kColumnMajor},
                      {dy, Order::kRowMajor}, gradient.weights, packing);
  add_bias_gradient(gradient, positions, dy, scratch);
}

template <class Scalar>
void add_bias_gradient(const Affine<Scalar>& gradient, std::size_t positions, const Scalar* dy,
                       Scalar* scratch) {
  if (!gradient.bias) return;
  Scalar* sums = scratch + 2 * tile_length(gradient.units);
  sum_channels(gradient.units, positions, scratch, sums,
               [=](std::size_t i, std::size_t) { return dy[i]; });
  for (std::size_t u = 0; u < gradient.units; ++u) gradient.bias[u] += sums[u];
}

template <class Scalar>
void affine_backward(const Affine<const Scalar>& map, std::size_t positions, const Scalar* dy,
                     Scalar* dx, Packing<Scalar>& packing) {
  std::fill_n(dx, map.columns * positions, Scalar{0});
  add_product<Scalar>(map.columns, positions, map.units, {map.weights, Order::kColumnMajor},
                      {dy, Order::kColumnMajor}, dx, packing);
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_AFFINE(Scalar)                                                                  \
  template void affine_forward(const Affine<const Scalar>&, std::size_t, const Scalar*, Scalar*,  \
                               Packing<Scalar>&);                                                 \
  template void add_affine_gradient(const Affine<Scalar>&, std::size_t, const Scalar*,            \
                                    const Scalar*, Packing<Scalar>&, Scalar*);                    \
  template void add_bias_gradient(const Affine<Scalar>&, std::size_t, const Scalar*, Scalar*);    \
  template void affine_backward(const Affine<const Scalar>&, std::size_t, const Scalar*, Scalar*, \
                                Packing<Scalar>&);
EQUIVOLVE_AFFINE(float)
EQUIVOLVE_AFFINE(double)
#undef EQUIVOLVE_AFFINE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
