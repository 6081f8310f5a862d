// Counts of random events against what they should be.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace equivolve::search::test {

/// Within five standard deviations of a binomial count.
inline void expect_share(int counted, int n, double p, const std::string& what) {
  EXPECT_NEAR(counted, n * p, 5 * std::sqrt(n * p * (1 - p)) + 1) << what;
}

}  // namespace equivolve::search::test
