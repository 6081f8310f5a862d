// The trainings that optimizer_answers.py works out, and others that tests share.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "evaluators/common/nn/parameter_block.hpp"

namespace equivolve::test {

inline nn::ParameterBlock matrix_at(std::size_t offset, std::size_t rows, std::size_t columns) {
  return {offset, rows, columns, columns, rows, false};
}
inline nn::ParameterBlock bias_at(std::size_t offset, std::size_t size) {
  return {offset, 1, size, 1, size, true};
}

template <class Scalar>
std::vector<Scalar> first_weights(std::size_t n) {
  std::vector<Scalar> w;
  for (std::size_t i = 0; i < n; ++i)
    w.push_back(static_cast<Scalar>(std::cos(static_cast<double>(i) + 1)));
  return w;
}

/// At step t, from 1.
template <class Scalar>
void gradient_at(std::size_t t, std::span<const Scalar> w, std::span<Scalar> gradient) {
  for (std::size_t i = 0; i < w.size(); ++i)
    gradient[i] =
        static_cast<Scalar>(std::sin(static_cast<double>(i * i + 3 * t + i * t))) + w[i] / 4;
}

template <class Scalar, class Optimizer>
std::vector<Scalar> trained(std::size_t n, Optimizer& optimizer, double rate,
                            std::size_t steps = 7) {
  std::vector<Scalar> w = first_weights<Scalar>(n), gradient(n);
  for (std::size_t t = 1; t <= steps; ++t) {
    gradient_at<Scalar>(t, w, gradient);
    optimizer.step(w, gradient, rate);
  }
  return w;
}

}  // namespace equivolve::test
