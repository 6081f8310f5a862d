// What dense layers and convolutions have in common: weights times columns, plus a bias.
#pragma once

#include <cstddef>

#include "evaluators/common/nn/plan.hpp"
#include "evaluators/common/nn/products.hpp"

namespace equivolve::nn {

/// One layer's weights (units x columns, row-major) and bias, or the gradients of them; `bias` is
/// null where there is none.
template <class Scalar>
struct Affine {
  std::size_t units, columns;
  Scalar* weights;
  Scalar* bias;
};

/// That of a dense layer or convolution, within a vector of all parameters.
template <class Scalar>
Affine<Scalar> affine_of(const LayerPlan& layer, Scalar* parameters) {
  return {layer.layer.units, layer.columns, parameters + layer.weights,
          layer.layer.bias ? parameters + layer.bias : nullptr};
}

/// y[p] = W x[p] + b for each of `positions` vectors; x: positions x columns, y: positions x units.
template <class Scalar>
void affine_forward(const Affine<const Scalar>& map, std::size_t positions, const Scalar* x,
                    Scalar* y, Packing<Scalar>& packing);

/// Adds the gradients of weights and bias, given those at the output. `scratch`: three tiles of
/// units.
template <class Scalar>
void add_affine_gradient(const Affine<Scalar>& gradient, std::size_t positions, const Scalar* x,
                         const Scalar* dy, Packing<Scalar>& packing, Scalar* scratch);

/// That of the bias alone; nothing where there is none.
template <class Scalar>
void add_bias_gradient(const Affine<Scalar>& gradient, std::size_t positions, const Scalar* dy,
                       Scalar* scratch);

/// dx[p] = W' dy[p].
template <class Scalar>
void affine_backward(const Affine<const Scalar>& map, std::size_t positions, const Scalar* dy,
                     Scalar* dx, Packing<Scalar>& packing);

}  // namespace equivolve::nn
