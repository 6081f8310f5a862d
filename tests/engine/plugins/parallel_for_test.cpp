#include "engine/plugins/parallel_for.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace equivolve::engine {
namespace {

TEST(ParallelFor, DoesEachPartOnceForAnyWidth) {
  for (std::uint32_t threads : {0u, 1u, 2u, 3u, 8u, 64u}) {
    for (std::size_t n : {0u, 1u, 2u, 7u, 1000u}) {
      std::vector<std::atomic<int>> done(n);
      const bool fine = parallel_for(
          threads, n,
          [](void* context, std::size_t i) {
            ++(*static_cast<std::vector<std::atomic<int>>*>(context))[i];
          },
          &done);
      EXPECT_TRUE(fine);
      for (const auto& count : done) EXPECT_EQ(count.load(), 1);
    }
  }
}

TEST(ParallelFor, OneThreadIsTheCallers) {
  std::thread::id seen;
  parallel_for(
      1, 1,
      [](void* context, std::size_t) {
        *static_cast<std::thread::id*>(context) = std::this_thread::get_id();
      },
      &seen);
  EXPECT_EQ(seen, std::this_thread::get_id());
}

TEST(ParallelFor, AThrowingBodyIsReportedAndNothingEscapes) {
  for (std::uint32_t threads : {1u, 4u}) {
    EXPECT_FALSE(parallel_for(
        threads, 100,
        [](void*, std::size_t i) {
          if (i == 50) throw std::runtime_error("no");
        },
        nullptr));
  }
}

}  // namespace
}  // namespace equivolve::engine
