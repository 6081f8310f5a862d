// What tests of networks share: numbers from a seed, and gradients by central differences.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "evaluators/common/nn/network.hpp"
#include "hashing/stream.hpp"

namespace equivolve::nn::test {

/// Standard normal.
template <class Scalar = double>
std::vector<Scalar> random_numbers(std::size_t count, std::uint64_t seed) {
  hashing::Stream stream(seed, hashing::Purpose::kTest, 0);
  std::vector<Scalar> numbers(count);
  for (Scalar& number : numbers) number = static_cast<Scalar>(stream.gaussian());
  return numbers;
}

/// Holds `gradient` to (loss(v + h) - loss(v - h)) / 2h, one number of `values` after the other. A
/// relative error is one of the number itself, or of a hundredth of the greatest where it is small.
template <class Loss>
void expect_gradient(std::span<double> values, std::span<const double> gradient, Loss loss,
                     double tolerance = 1e-6) {
  ASSERT_EQ(values.size(), gradient.size());
  double greatest = 0;
  for (const double g : gradient) greatest = std::max(greatest, std::abs(g));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i], h = 1e-5 * std::max(1.0, std::abs(value));
    values[i] = value + h;
    const double above = loss();
    values[i] = value - h;
    const double below = loss();
    values[i] = value;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * h),
                tolerance * std::max(std::abs(gradient[i]), 0.01 * greatest) + 1e-12)
        << "number " << i;
  }
}

}  // namespace equivolve::nn::test
