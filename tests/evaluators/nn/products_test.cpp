// The product of matrices against three loops, across the sizes at which its blocks are cut.
#include <tuple>

#include "evaluators/common/nn/products.hpp"
#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

struct Sizes {
  std::size_t rows, columns, depth;
};

void PrintTo(const Sizes& s, std::ostream* out) {
  *out << s.rows << "x" << s.columns << "x" << s.depth;
}

template <class Scalar>
double largest_error(const Sizes& s, Order left_order, Order right_order) {
  const auto left = test::random_numbers<Scalar>(s.rows * s.depth, 1),
             right = test::random_numbers<Scalar>(s.depth * s.columns, 2),
             before = test::random_numbers<Scalar>(s.rows * s.columns, 3);
  auto result = before;
  Packing<Scalar> packing;
  add_product<Scalar>(s.rows, s.columns, s.depth, {left.data(), left_order},
                      {right.data(), right_order}, result.data(), packing);
  double worst = 0;
  for (std::size_t r = 0; r < s.rows; ++r)
    for (std::size_t c = 0; c < s.columns; ++c) {
      double sum = before[c * s.rows + r];
      for (std::size_t k = 0; k < s.depth; ++k) {
        const double a = left[left_order == Order::kRowMajor ? r * s.depth + k : k * s.rows + r];
        const double b =
            right[right_order == Order::kRowMajor ? k * s.columns + c : c * s.depth + k];
        sum += a * b;
      }
      worst = std::max(worst, std::abs(sum - static_cast<double>(result[c * s.rows + r])));
    }
  return worst / std::sqrt(static_cast<double>(s.depth));
}

class Products : public testing::TestWithParam<Sizes> {};

TEST_P(Products, AreThoseOfThreeLoops) {
  constexpr std::pair<Order, Order> kOrders[] = {{Order::kRowMajor, Order::kColumnMajor},
                                                 {Order::kColumnMajor, Order::kRowMajor},
                                                 {Order::kColumnMajor, Order::kColumnMajor}};
  for (const auto& [left, right] : kOrders) {
    EXPECT_LT(largest_error<float>(GetParam(), left, right), 1e-5);
    EXPECT_LT(largest_error<double>(GetParam(), left, right), 1e-14);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Products,
                         testing::Values(Sizes{1, 1, 1}, Sizes{7, 5, 3}, Sizes{64, 50, 64},
                                         Sizes{191, 9, 256}, Sizes{193, 513, 257},
                                         Sizes{97, 1030, 10}, Sizes{3, 4, 1000},
                                         Sizes{400, 2, 40}));

}  // namespace
}  // namespace equivolve::nn
