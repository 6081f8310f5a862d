// Training and prediction allocate nothing once a workspace is made. By itself, since it replaces
// what allocates: operator new, and, where no sanitizer has its own, the C library's malloc, which
// Eigen would call.
#include <atomic>
#include <cstdlib>
#include <new>

#include "evaluators/common/nn/losses.hpp"
#include "tests/evaluators/nn/support.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NN_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NN_TEST_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(NN_TEST_SANITIZED)
// glibc lets a program define these; operator new and Eigen then call them.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* place, std::size_t size) {
  ++allocations;
  return __libc_realloc(place, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** place, std::size_t alignment, std::size_t size) {
  ++allocations;
  *place = __libc_memalign(alignment, size);
  return *place ? 0 : 12;  // ENOMEM
}
}
#else
// Not inlined, so that g++ does not take new and free for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  void* place = std::malloc(size == 0 ? 1 : size);
  if (!place) throw std::bad_alloc();
  return place;
}
[[gnu::noinline]] void operator delete(void* place) noexcept {
  std::free(place);
}
[[gnu::noinline]] void operator delete(void* place, std::size_t) noexcept {
  std::free(place);
}
#endif

namespace equivolve::nn {
namespace {

template <class Scalar>
std::size_t allocations_of_training(const Architecture& architecture, std::size_t batch) {
  auto network = *Network<Scalar>::make(architecture, 1);
  Workspace<Scalar> work(network.plan(), batch);
  const auto x = test::random_numbers<Scalar>(batch * network.inputs(), 2);
  const std::vector<std::uint32_t> labels(batch, 1);
  const std::size_t before = allocations;
  for (std::uint32_t step = 0; step < 3; ++step) {
    const auto logits = network.forward(x, Pass::training(1, step), work);
    cross_entropy<Scalar>(logits, network.outputs(), std::span<const std::uint32_t>(labels),
                          work.output_gradient());
    network.backward(work, {.all_weights = true, .input = true});
    network.update_statistics(work);
    network.forward(x, Pass::prediction(), work);
  }
  return allocations - before;
}

TEST(Memory, AnAllocationIsCounted) {
  const std::size_t before = allocations;
  const auto some = std::make_unique<std::vector<int>>(1000);
  EXPECT_GE(allocations - before, 2U) << some->size();
}

TEST(Memory, TrainingAllocatesNothing) {
  const Architecture wide{{256, 1, 1}, {dense(300), relu(), dropout(0.1), dense(64), sigmoid()}},
      conv{{3, 20, 20},
           {convolution(8), batch_norm(), relu(), max_pool(2), convolution(16, 3, 2, 1, true),
            tanh(), mean_pool(), dense(10), row_normalize()}};
  EXPECT_EQ(allocations_of_training<float>(wide, 700), 0U);
  EXPECT_EQ(allocations_of_training<double>(wide, 700), 0U);
  EXPECT_EQ(allocations_of_training<float>(conv, 30), 0U);
  EXPECT_EQ(allocations_of_training<double>(conv, 30), 0U);
}

}  // namespace
}  // namespace equivolve::nn
