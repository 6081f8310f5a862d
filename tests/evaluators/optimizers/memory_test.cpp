// No step allocates. Every call of malloc and of operator new in this program is counted, except
// under a sanitizer, which has its own malloc.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <vector>

#include "evaluators/common/nn/optimizers/adam.hpp"
#include "evaluators/common/nn/optimizers/sgd.hpp"
#include "evaluators/common/nn/optimizers/soap.hpp"
#include "evaluators/common/nn/optimizers/weight_average.hpp"
#include "evaluators/common/nn/optimizers/weight_moments.hpp"
#include "tests/evaluators/optimizers/training.hpp"

namespace {
std::size_t allocations = 0;
}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OPTIMIZERS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OPTIMIZERS_SANITIZED 1
#endif
#endif

#ifndef OPTIMIZERS_SANITIZED
// operator new of libstdc++ and Eigen's aligned space both come here.
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) noexcept {
  ++allocations;
  return __libc_malloc(size);
}
#endif

namespace equivolve::nn {
namespace {

constexpr std::size_t kSide = 200, kAll = kSide * kSide + 2 * kSide;

std::vector<ParameterBlock> blocks() {
  return {test::matrix_at(0, kSide, kSide), test::bias_at(kSide * kSide, kSide),
          test::matrix_at(kSide * kSide + kSide, 2, kSide / 2)};
}

template <class Scalar>
class Memory : public testing::Test {
 protected:
  void SetUp() override {
#ifdef OPTIMIZERS_SANITIZED
    GTEST_SKIP() << "the sanitizer counts for itself";
#endif
    const std::size_t before = allocations;
    const std::vector<int> one(1);
    ASSERT_GT(allocations, before) << "allocations are not seen";
  }

  template <class Action>
  void expect_none(Action action) {
    std::vector<Scalar> w = test::first_weights<Scalar>(kAll), gradient(kAll);
    for (std::size_t t = 1; t <= 5; ++t) {
      test::gradient_at<Scalar>(t, w, gradient);
      const std::size_t before = allocations;
      action(std::span<Scalar>(w), std::span<const Scalar>(gradient));
      EXPECT_EQ(allocations - before, 0u) << "step " << t;
    }
  }
};

using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Memory, Scalars);

TYPED_TEST(Memory, IsNotAskedForInAStep) {
  Sgd<TypeParam> sgd(blocks(), {0.9, true, 0.01, true});
  this->expect_none([&](auto w, auto g) { sgd.step(w, g, 0.1); });
  Adam<TypeParam> adam(blocks(), {});
  this->expect_none([&](auto w, auto g) { adam.step(w, g, 0.1); });
  SoapSettings settings;
  settings.frequency = 2;
  Soap<TypeParam> soap(blocks(), settings);
  this->expect_none([&](auto w, auto g) { soap.step(w, g, 0.1); });
}

TYPED_TEST(Memory, IsNotAskedForByAverages) {
  WeightAverage<TypeParam> average(kAll, {});
  WeightMoments moments(kAll);
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  this->expect_none([&](std::span<TypeParam> w, std::span<const TypeParam> g) {
    average.update(g);
    moments.add(g);
    moments.sample(stream, 1, w);
    average.read(w);
  });
}

}  // namespace
}  // namespace equivolve::nn
