#include "evaluators/common/nn/elementwise.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace equivolve::nn {
namespace {

constexpr std::size_t kChunk = 32;

/// Eigen's vector functions and the scalar ones differ in the last bit, so that every element goes
/// through a register of the same size, the last few with zeros beside them.
template <class Scalar, class Function>
void by_chunks(Scalar* values, std::size_t count, Function function) {
  using Chunk = Eigen::Array<Scalar, kChunk, 1>;
  Chunk chunk;
  std::size_t i = 0;
  for (; i + kChunk <= count; i += kChunk) {
    chunk = Eigen::Map<const Chunk>(values + i);
    function(chunk);
    Eigen::Map<Chunk>(values + i) = chunk;
  }
  if (i == count) return;
  chunk.setZero();
  std::copy_n(values + i, count - i, chunk.data());
  function(chunk);
  std::copy_n(chunk.data(), count - i, values + i);
}

/// body(i) for every i below count, most of them in loops of a known length, which every level of
/// optimisation makes vectors of.
template <class Body>
void for_each_element(std::size_t count, Body body) {
  std::size_t i = 0;
  for (; i + kChunk <= count; i += kChunk)
    for (std::size_t k = 0; k < kChunk; ++k) body(i + k);
  for (; i < count; ++i) body(i);
}

}  // namespace

template <class Scalar>
void relu_in_place(Scalar* values, std::size_t count) {
  for_each_element(count, [=](std::size_t i) {
    values[i] = values[i] < 0 ? Scalar{0} : values[i];  // NaN stays
  });
}

template <class Scalar>
void exp_in_place(Scalar* values, std::size_t count) {
  // Below, Eigen's gives subnormal numbers, which are slow.
  const Scalar lowest = std::log(std::numeric_limits<Scalar>::min());
  by_chunks(values, count,
            [lowest](auto& chunk) { chunk = (chunk < lowest).select(Scalar{0}, chunk.exp()); });
}

template <class Scalar>
void tanh_in_place(Scalar* values, std::size_t count) {
  by_chunks(values, count, [](auto& chunk) { chunk = chunk.tanh(); });
}

template <class Scalar>
void sigmoid_in_place(Scalar* values, std::size_t count) {
  by_chunks(values, count, [](auto& chunk) { chunk = (Scalar{1} + (-chunk).exp()).inverse(); });
}

template <class Scalar>
void relu_backward(const Scalar* outputs, Scalar* gradient, std::size_t count) {
  const Scalar* __restrict y = outputs;
  Scalar* __restrict d = gradient;
  for_each_element(count, [=](std::size_t i) {
    const Scalar all = d[i];
    d[i] = y[i] > 0 ? all : Scalar{0};
  });
}

template <class Scalar>
void tanh_backward(const Scalar* outputs, Scalar* gradient, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) gradient[i] *= 1 - outputs[i] * outputs[i];
}

template <class Scalar>
void sigmoid_backward(const Scalar* outputs, Scalar* gradient, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) gradient[i] *= outputs[i] * (1 - outputs[i]);
}

template <class Scalar>
Scalar dot(const Scalar* a, const Scalar* b, std::size_t count) {
  // Sums of their own, which a vector register holds.
  constexpr std::size_t kSums = 16;
  std::array<Scalar, kSums> sums{};
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums)
    for (std::size_t k = 0; k < kSums; ++k) sums[k] += a[i + k] * b[i + k];
  for (std::size_t k = 0; i + k < count; ++k) sums[k] += a[i + k] * b[i + k];
  for (std::size_t half = kSums / 2; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k) sums[k] += sums[k + half];
  return sums[0];
}

template <class Scalar>
void fill_columns(const Scalar* values, std::size_t rows, std::size_t columns, Scalar* result) {
  for (std::size_t c = 0; c < columns; ++c) std::copy_n(values, rows, result + c * rows);
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_ELEMENTWISE(Scalar)                                  \
  template void relu_in_place(Scalar*, std::size_t);                   \
  template void exp_in_place(Scalar*, std::size_t);                    \
  template void tanh_in_place(Scalar*, std::size_t);                   \
  template void sigmoid_in_place(Scalar*, std::size_t);                \
  template void relu_backward(const Scalar*, Scalar*, std::size_t);    \
  template void tanh_backward(const Scalar*, Scalar*, std::size_t);    \
  template void sigmoid_backward(const Scalar*, Scalar*, std::size_t); \
  template Scalar dot(const Scalar*, const Scalar*, std::size_t);      \
  template void fill_columns(const Scalar*, std::size_t, std::size_t, Scalar*);
EQUIVOLVE_ELEMENTWISE(float)
EQUIVOLVE_ELEMENTWISE(double)
#undef EQUIVOLVE_ELEMENTWISE
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
